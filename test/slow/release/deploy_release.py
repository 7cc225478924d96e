"""Deploys a release as a user without Node does: AWS's command line uploads the zips, CloudFormation gets the template from a bucket.

Prints one JSON object a step: what the account holds after creation, after each update, and after deletion.
Usage: deploy_release.py DIRECTORY PARAMETERS.json, which is a list of the parameters of creation and of each update.
"""

import json
import os
import subprocess
import sys
import tempfile

import boto3

DIRECTORY, STEPS = sys.argv[1], json.load(open(sys.argv[2]))
STACK, BUCKET = "conjur", "release-bucket"
CAPABILITIES = ["CAPABILITY_NAMED_IAM"]


def client(service):
    return boto3.client(service, endpoint_url=os.environ["AWS_ENDPOINT_URL"], region_name=os.environ["AWS_REGION"])


def package():
    """`aws cloudformation package`: the template with its zips in the bucket."""
    s3 = client("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": os.environ["AWS_REGION"]})
    with tempfile.NamedTemporaryFile(suffix=".json") as packaged:
        command = ["aws", "cloudformation", "package", "--use-json", "--s3-bucket", BUCKET]
        command += ["--template-file", f"{DIRECTORY}/template.json", "--output-template-file", packaged.name]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        s3.upload_file(packaged.name, BUCKET, "template.json")
    # moto knows its own bucket by this form of address.
    return f"https://s3.amazonaws.com/{BUCKET}/template.json"


def look(step):
    """What the stack's functions, API, secrets, schedules and roles are now."""
    functions = client("lambda").list_functions()["Functions"]
    apis = client("apigatewayv2").get_apis()["Items"]
    routes = [route for api in apis for route in client("apigatewayv2").get_routes(ApiId=api["ApiId"])["Items"]]
    schedules = client("scheduler").list_schedules()["Schedules"]
    print(
        json.dumps(
            {
                "step": step,
                "functions": {function["FunctionName"]: function["CodeSize"] for function in functions},
                "environment": functions[0]["Environment"]["Variables"] if functions else {},
                "routes": {route["RouteKey"]: route.get("AuthorizationType") for route in routes},
                "secrets": sorted(secret["Name"] for secret in client("secretsmanager").list_secrets()["SecretList"]),
                "schedules": len(schedules),
                "roles": sorted(role["RoleName"] for role in client("iam").list_roles()["Roles"]),
                "outputs": sorted(outputs()),
            }
        )
    )


def outputs():
    stacks = client("cloudformation").describe_stacks()["Stacks"]
    return [output["OutputKey"] for stack in stacks for output in stack.get("Outputs", [])]


def main():
    url = package()
    cloudformation = client("cloudformation")
    for number, values in enumerate(STEPS):
        parameters = [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()]
        deploy = cloudformation.create_stack if number == 0 else cloudformation.update_stack
        deploy(StackName=STACK, TemplateURL=url, Parameters=parameters, Capabilities=CAPABILITIES)
        look("create" if number == 0 else f"update {number}")
    cloudformation.delete_stack(StackName=STACK)
    look("delete")


main()
