"""moto's server, with the resource types of this project's stack that moto's CloudFormation does not know.

The services themselves are moto's own: here a resource of a template becomes a call of them. Without this, a stack deploys without
its API, its secret and its schedules, and nothing says so but a warning.
"""

import json
import sys

from moto.apigatewayv2.models import apigatewayv2_backends
from moto.cloudformation import models as cloudformation
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

    @property
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
        return original_resource

    @classmethod
    def delete_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name):
        raise NotImplementedError("this stack is thrown away with its server")


def resource(kind):
    """Makes a resource type of a function (name, properties, account, region) -> (id, attributes)."""

    def register(create):
        members = {
            # moto takes the name of a service from the module.
            "__module__": "moto.conjur_functions",
            "create": staticmethod(create),
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


@resource("AWS::Scheduler::Schedule")
def schedule(name, properties, account, region):
    created = scheduler_backends[account][region].create_schedule(
        description=properties.get("Description"),
        end_date=None,
        flexible_time_window=properties["FlexibleTimeWindow"],
        group_name=properties.get("GroupName"),
        kms_key_arn=None,
        name=properties.get("Name", name),
        schedule_expression=properties["ScheduleExpression"],
        schedule_expression_timezone=properties.get("ScheduleExpressionTimezone"),
        start_date=None,
        state=properties["State"],
        target=properties["Target"],
        action_after_completion=None,
    )
    return created.name, {"Arn": created.arn}


def api_of(account, region, properties):
    return apigatewayv2_backends[account][region].get_api(properties["ApiId"])


@resource("AWS::ApiGatewayV2::Api")
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


@resource("AWS::ApiGatewayV2::Route")
def route(name, properties, account, region):
    created = api_of(account, region, properties).create_route(
        api_key_required=False,
        authorization_scopes=None,
        route_key=properties["RouteKey"],
        target=properties["Target"],
        authorization_type=properties["AuthorizationType"],
    )
    return created.route_id, {}


def validate_errors_only(self, template):
    """moto takes every remark of cfn-lint for an invalid template, warnings too."""
    found = cloudformation.validate_template_cfn_lint(template)
    return [match for match in found if match.rule.id.startswith("E")]


cloudformation.CloudFormationBackend.validate_template = validate_errors_only

# After the types above: moto looks them up when it is loaded.
from moto.server import main  # noqa: E402

main(sys.argv[1:])
