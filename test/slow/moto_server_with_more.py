"""moto's server, with the resource types of this project's stack that moto's CloudFormation does not know.

The services themselves are moto's own: here a resource of a template becomes a call of them. Without this, a stack deploys without
its API, its secret and its schedules, and nothing says so but a warning.
"""

import json
import sys

from moto.apigatewayv2.models import apigatewayv2_backends
from moto.cloudformation import models as cloudformation
from moto.cloudformation import parsing
from moto.core.common_models import CloudFormationModel
from moto.scheduler.models import scheduler_backends
from moto.secretsmanager.models import secretsmanager_backends


class Known:
    """A resource that is known by its id and some attributes."""

    def __init__(self, physical_id, attributes):
        self.physical_resource_id = physical_id
        self.attributes = attributes

    def get_cfn_attribute(self, name):
        return self.attributes[name]

    @classmethod
    def has_cfn_attr(cls, attr):
        return True

    def is_created(self):
        return True

    @staticmethod
    def cloudformation_name_type():
        return ""

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
        physical_id, attributes = cls.create(resource_name, cloudformation_json.get("Properties", {}), account_id, region_name)
        return cls(physical_id, attributes)

    @classmethod
    def update_from_cloudformation_json(cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name):
        properties = cloudformation_json.get("Properties", {})
        cls.update(original_resource.physical_resource_id, properties, account_id, region_name)
        return original_resource

    @classmethod
    def delete_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name):
        if not cloudformation_json.get("DeletionPolicy", "Delete").startswith("Retain"):
            cls.delete_resource(resource_name, cloudformation_json.get("Properties", {}), account_id, region_name)


def nothing(physical_id, properties, account, region):
    """What goes with another resource, or has nothing that an update of this stack changes."""


def resource(kind, update=nothing, delete=nothing):
    """Makes a resource type of a function (name, properties, account, region) -> (id, attributes).

    update and delete get the id in the place of the name.
    """

    def register(create):
        members = {
            # moto takes the name of a service from the module.
            "__module__": "moto.conjur_functions",
            "create": staticmethod(create),
            "update": staticmethod(update),
            "delete_resource": staticmethod(delete),
            "cloudformation_type": staticmethod(lambda: kind),
        }
        return type(CloudFormationModel)(kind.replace("::", ""), (Known, CloudFormationModel), members)

    return register


@resource("AWS::SecretsManager::Secret")
def secret(name, properties, account, region):
    backend = secretsmanager_backends[account][region]
    generate = properties["GenerateSecretString"]
    value = json.loads(generate["SecretStringTemplate"]) | {generate["GenerateStringKey"]: "generated"}
    created = backend.create_secret(
        name=properties["Name"],
        secret_string=json.dumps(value),
        secret_binary=None,
        description=properties["Description"],
        tags=None,
        kms_key_id=properties["KmsKeyId"],
        client_request_token=None,
        replica_regions=[],
        force_overwrite=False,
    )
    arn = created["ARN"] if isinstance(created, dict) else json.loads(created)["ARN"]
    return arn, {"Arn": arn}


@resource("AWS::SecretsManager::RotationSchedule")
def rotation_schedule(name, properties, account, region):
    secret_id = properties["SecretId"]
    known = secretsmanager_backends[account][region].secrets[secret_id]
    known.rotation_requested = known.rotation_enabled = True
    known.rotation_lambda_arn = properties["RotationLambdaARN"]
    known.rotation_rules = properties["RotationRules"]
    return secret_id, {}


def schedule_fields(properties):
    return {
        "description": properties.get("Description"),
        "end_date": None,
        "flexible_time_window": properties["FlexibleTimeWindow"],
        "group_name": properties.get("GroupName"),
        "kms_key_arn": None,
        "schedule_expression": properties["ScheduleExpression"],
        "schedule_expression_timezone": properties.get("ScheduleExpressionTimezone"),
        "start_date": properties.get("StartDate"),
        "state": properties["State"],
        "target": properties["Target"],
    }


def update_schedule(name, properties, account, region):
    scheduler_backends[account][region].update_schedule(name=name, **schedule_fields(properties))


def delete_schedule(name, properties, account, region):
    """Its group is known by a reference here."""
    backend = scheduler_backends[account][region]
    for group in [group.name for group in backend.schedule_groups.values() if name in group.schedules]:
        backend.delete_schedule(group, name)


def delete_schedule_group(name, properties, account, region):
    scheduler_backends[account][region].delete_schedule_group(name)


@resource("AWS::Scheduler::ScheduleGroup", delete=delete_schedule_group)
def schedule_group(name, properties, account, region):
    created = scheduler_backends[account][region].create_schedule_group(properties["Name"], [])
    return created.name, {"Arn": created.arn}



@resource("AWS::Scheduler::Schedule", update_schedule, delete_schedule)
def schedule(name, properties, account, region):
    created = scheduler_backends[account][region].create_schedule(
        name=properties.get("Name", name), action_after_completion=None, **schedule_fields(properties)
    )
    return created.name, {"Arn": created.arn}


def api_of(account, region, properties):
    return apigatewayv2_backends[account][region].get_api(properties["ApiId"])


def delete_api(api_id, properties, account, region):
    apigatewayv2_backends[account][region].delete_api(api_id)


@resource("AWS::ApiGatewayV2::Api", delete=delete_api)
def api(name, properties, account, region):
    created = apigatewayv2_backends[account][region].create_api(
        api_key_selection_expression=None,
        cors_configuration=None,
        description=properties.get("Description"),
        disable_schema_validation=None,
        disable_execute_api_endpoint=None,
        name=properties["Name"],
        protocol_type=properties["ProtocolType"],
        route_selection_expression=None,
        tags=properties.get("Tags"),
        version=None,
    )
    return created.api_id, {"ApiEndpoint": created.api_endpoint}


@resource("AWS::ApiGatewayV2::Stage")
def stage(name, properties, account, region):
    api_of(account, region, properties).create_stage({"stageName": properties["StageName"], "autoDeploy": True})
    return properties["StageName"], {}


@resource("AWS::ApiGatewayV2::Integration")
def integration(name, properties, account, region):
    created = api_of(account, region, properties).create_integration(
        connection_type=None,
        description=None,
        integration_method=None,
        integration_type=properties["IntegrationType"],
        integration_uri=properties["IntegrationUri"],
        payload_format_version=properties["PayloadFormatVersion"],
    )
    return created.id, {}


def update_route(route_id, properties, account, region):
    known = api_of(account, region, properties).routes[route_id]
    known.authorization_type = properties["AuthorizationType"]
    known.authorizer_id = properties.get("AuthorizerId")


@resource("AWS::ApiGatewayV2::Route", update_route)
def route(name, properties, account, region):
    created = api_of(account, region, properties).create_route(
        api_key_required=False,
        authorization_scopes=properties.get("AuthorizationScopes"),
        route_key=properties["RouteKey"],
        target=properties["Target"],
        authorization_type=properties["AuthorizationType"],
        authorizer_id=properties.get("AuthorizerId"),
    )
    return created.route_id, {}


@resource("AWS::ApiGatewayV2::Authorizer")
def authorizer(name, properties, account, region):
    created = api_of(account, region, properties).create_authorizer(
        auth_creds_arn=None,
        auth_payload_format_version=properties.get("AuthorizerPayloadFormatVersion"),
        auth_result_ttl=properties.get("AuthorizerResultTtlInSeconds"),
        authorizer_type=properties["AuthorizerType"],
        authorizer_uri=properties.get("AuthorizerUri"),
        enable_simple_response=properties.get("EnableSimpleResponses"),
        identity_source=properties["IdentitySource"],
        identity_validation_expr=None,
        jwt_config=properties.get("JwtConfiguration"),
        name=properties["Name"],
    )
    return created.id, {}


def validate_errors_only(self, template):
    """moto takes every remark of cfn-lint for an invalid template, warnings too."""
    found = cloudformation.validate_template_cfn_lint(template)
    return [match for match in found if match.rule.id.startswith("E")]


cloudformation.CloudFormationBackend.validate_template = validate_errors_only

class ResourceMap(parsing.ResourceMap):
    """moto compares templates as they are written; CloudFormation, what parameters and conditions make of them.

    So a stack here holds the template that they have made. An AWS::NoValue in a list, which moto leaves as a None, is gone then too.
    """

    def create(self, template):
        return super().create(self.evaluated(template, self.input_parameters))

    def update(self, template, parameters=None):
        new = self.evaluated(template, parameters or self.input_parameters)
        removed = [name for name in self._resource_json_map if name not in new["Resources"]]
        super().update(new, parameters)
        for name in removed:
            self._parsed_resources.pop(name, None)

    def evaluated(self, template, parameters):
        fresh = parsing.ResourceMap(
            self.stack_id, self["AWS::StackName"], parameters, {}, self._region_name, self._account_id, template, None
        )
        fresh.load_parameters()
        fresh.load_conditions()
        holds = fresh.lazy_condition_map
        made = {name: block for name, block in template["Resources"].items() if holds.get(block.get("Condition"), True)}
        return {**template, "Resources": {name: evaluate(block, holds, fresh.resolved_parameters) for name, block in made.items()}}


NO_VALUE = object()


def evaluate(node, holds, parameters):
    if isinstance(node, list):
        return [item for item in (evaluate(item, holds, parameters) for item in node) if item is not NO_VALUE]
    if not isinstance(node, dict):
        return node
    if "Fn::If" in node:
        condition, yes, no = node["Fn::If"]
        return evaluate(yes if holds[condition] else no, holds, parameters)
    if "Ref" in node:
        return NO_VALUE if node["Ref"] == "AWS::NoValue" else parameters.get(node["Ref"], node)
    if isinstance(node.get("Fn::Sub"), str):
        text = node["Fn::Sub"]
        for name, value in parameters.items():
            text = text.replace("${" + name + "}", str(value))
        return {"Fn::Sub": text}
    evaluated = {key: evaluate(value, holds, parameters) for key, value in node.items()}
    return {key: value for key, value in evaluated.items() if value is not NO_VALUE}


cloudformation.ResourceMap = ResourceMap

# After the types above: moto looks them up when it is loaded.
from moto.server import main  # noqa: E402

main(sys.argv[1:])
