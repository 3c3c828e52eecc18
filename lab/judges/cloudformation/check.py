"""Judges compiled templates: cfn-lint with the schemas of every region, parliament on each policy, networkx on references.

check.py <template>...   prints {"cases": ..., "findings": [{"template", "by", "rule", "where", "says"}, ...]}
"""

import json
import sys

import networkx
from cfnlint.api import lint
from cfnlint.config import ManualArgs
from cfnlint.helpers import REGIONS
from cfnlint.template import Template
from parliament import analyze_policy_string

ARN = "arn:aws:{service}:us-east-1:123456789012:{name}"
SERVICES = {"AWS::DynamoDB::Table": "dynamodb", "AWS::SNS::Topic": "sns", "AWS::SQS::Queue": "sqs", "AWS::KMS::Key": "kms"}


def resolved(value, resources):
    """A policy without intrinsic functions: each becomes what it could be on AWS."""
    if isinstance(value, list):
        return [resolved(one, resources) for one in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        [(name, argument)] = value.items()
        if name == "Ref" or name == "Fn::GetAtt":
            return arn_of(argument if name == "Ref" else ".".join(argument), resources)
        if name == "Fn::Sub":
            return substituted(argument if isinstance(argument, str) else argument[0], resources)
        if name == "Fn::Join":
            return argument[0].join(str(resolved(one, resources)) for one in argument[1])
        if name == "Fn::If":
            return resolved(argument[1], resources)
    return {key: resolved(one, resources) for key, one in value.items()}


PSEUDO = {
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::AccountId": "123456789012",
    "AWS::StackName": "stack",
    "AWS::URLSuffix": "amazonaws.com",
}


def arn_of(reference, resources):
    if reference in PSEUDO:
        return PSEUDO[reference]
    logical, _, attribute = reference.partition(".")
    if attribute == "StreamArn":
        # AWS's has a time, whose colons parliament takes for the ARN's own.
        return f"{arn_of(logical, resources)}/stream/label"
    kind = resources[logical]["Type"]
    if kind == "AWS::S3::Bucket":
        return f"arn:aws:s3:::{logical.lower()}"
    if kind == "AWS::Lambda::Function":
        return ARN.format(service="lambda", name=f"function:{logical}")
    if kind == "AWS::SecretsManager::Secret":
        return ARN.format(service="secretsmanager", name=f"secret:{logical}-abcdef")
    if kind == "AWS::Logs::LogGroup":
        return ARN.format(service="logs", name=f"log-group:/aws/lambda/{logical}:*")
    if kind == "AWS::OpenSearchService::Domain":
        return ARN.format(service="es", name=f"domain/{logical.lower()}")
    name = {"AWS::DynamoDB::Table": f"table/{logical}", "AWS::KMS::Key": f"key/{logical}"}.get(kind, logical)
    return ARN.format(service=SERVICES.get(kind, "iam"), name=name)


def substituted(text, resources):
    for name in {part.split("}")[0] for part in text.split("${")[1:]}:
        text = text.replace("${" + name + "}", arn_of(name, resources))
    return text


def policies(value, path):
    """Every policy document of a template, with where it stands."""
    if isinstance(value, list):
        for index, one in enumerate(value):
            yield from policies(one, f"{path}[{index}]")
    elif isinstance(value, dict):
        if "Statement" in value:
            yield path, value
            return
        for key, one in value.items():
            # Who may assume a role is not said of a resource, which parliament wants.
            if key != "AssumeRolePolicyDocument":
                yield from policies(one, f"{path}.{key}" if path else key)


def check(file):
    with open(file, encoding="utf-8") as opened:
        source = json.load(opened)
    resources = source["Resources"]
    cases, findings = 0, []

    def find(by, rule, where, says):
        findings.append({"template": file, "by": by, "rule": rule, "where": where, "says": says})

    cases += len(resources) * len(REGIONS)
    for match in lint(json.dumps(source), config=ManualArgs(regions=list(REGIONS))):
        find("cfn-lint", match.rule.id, "/".join(map(str, match.path or [])), match.message)

    for where, policy in policies(resources, ""):
        cases += 1
        plain = json.dumps(resolved({"Version": "2012-10-17", **policy}, resources))
        for found in analyze_policy_string(plain).findings:
            find("parliament", found.issue, where, f"{found.detail} {found.location}")

    graph = Template(file, source).graph.graph
    cases += graph.number_of_edges()
    for cycle in networkx.simple_cycles(networkx.DiGraph(graph)):
        find("networkx", "cycle", " → ".join(map(str, cycle)), "refer to each other")
    return cases, findings


total, everything = 0, []
for name in sys.argv[1:]:
    cases, findings = check(name)
    total += cases
    everything.extend(findings)
json.dump({"cases": total, "findings": everything}, sys.stdout)
