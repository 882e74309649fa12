"""What a template says of tables, keys, roles, log groups and alarms can be read back, also after a change."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.local.templates import queue

if TYPE_CHECKING:
    from eventyard.local import LocalCloud
    from tests.local.conftest import Deploy, Json


def test_a_table_has_what_its_template_says_and_changes_in_place_with_its_items(
    cloud: LocalCloud, deploy: Deploy
) -> None:
    def table(*attributes: str, **properties: Any) -> Json:  # noqa: ANN401 - CloudFormation's properties
        return {
            "Type": "AWS::DynamoDB::Table",
            "Properties": {
                "TableName": "orders",
                "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
                "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in attributes],
                "BillingMode": "PAY_PER_REQUEST",
                **properties,
            },
        }

    dynamodb = cloud.client("dynamodb")
    deploy(
        {
            "Orders": table(
                "id",
                PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
                SSESpecification={"SSEEnabled": True},
                TimeToLiveSpecification={"AttributeName": "expires", "Enabled": True},
                StreamSpecification={"StreamViewType": "NEW_IMAGE"},
            )
        },
        Outputs={"Stream": {"Value": {"Fn::GetAtt": ["Orders", "StreamArn"]}}},
    )
    dynamodb.put_item(TableName="orders", Item={"id": {"S": "o-1"}})
    described = dynamodb.describe_table(TableName="orders")["Table"]
    assert described["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert described["SSEDescription"]["Status"] == "ENABLED"
    backups = dynamodb.describe_continuous_backups(TableName="orders")["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    assert dynamodb.describe_time_to_live(TableName="orders")["TimeToLiveDescription"] == {
        "TimeToLiveStatus": "ENABLED",
        "AttributeName": "expires",
    }
    outputs = cloud.client("cloudformation").describe_stacks(StackName="shop")["Stacks"][0]["Outputs"]
    assert outputs[0]["OutputValue"] == described["LatestStreamArn"]

    by_customer = {
        "IndexName": "by-customer",
        "KeySchema": [{"AttributeName": "customer", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
    }
    deploy(
        {
            "Orders": table(
                "id",
                "customer",
                GlobalSecondaryIndexes=[by_customer],
                StreamSpecification={"StreamViewType": "NEW_IMAGE"},
            )
        }
    )
    described = dynamodb.describe_table(TableName="orders")["Table"]
    assert [index["IndexName"] for index in described["GlobalSecondaryIndexes"]] == ["by-customer"]
    assert dynamodb.describe_time_to_live(TableName="orders")["TimeToLiveDescription"]["TimeToLiveStatus"] == "DISABLED"
    assert dynamodb.get_item(TableName="orders", Key={"id": {"S": "o-1"}})["Item"] == {"id": {"S": "o-1"}}


def test_a_key_has_what_its_template_says_and_changes_in_place(cloud: LocalCloud, deploy: Deploy) -> None:
    def key(description: str, **properties: Any) -> Json:  # noqa: ANN401 - CloudFormation's properties
        document = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": description,
                    "Effect": "Allow",
                    "Principal": {"AWS": "111111111111"},
                    "Action": "kms:*",
                    "Resource": "*",
                }
            ],
        }
        return {
            "Type": "AWS::KMS::Key",
            "Properties": {"Description": description, "KeyPolicy": document, **properties},
        }

    kms = cloud.client("kms")
    deploy({"Key": key("first", EnableKeyRotation=True)})
    (found,) = kms.list_keys()["Keys"]
    assert kms.get_key_rotation_status(KeyId=found["KeyId"])["KeyRotationEnabled"]
    deploy({"Key": key("second", Enabled=False)})
    described = kms.describe_key(KeyId=found["KeyId"])["KeyMetadata"]
    assert described["Description"] == "second"
    assert described["Enabled"] is False
    policy = json.loads(kms.get_key_policy(KeyId=found["KeyId"], PolicyName="default")["Policy"])
    assert policy["Statement"][0]["Sid"] == "second"
    assert not kms.get_key_rotation_status(KeyId=found["KeyId"])["KeyRotationEnabled"]


def test_a_role_and_its_policies_change_in_place(cloud: LocalCloud, deploy: Deploy) -> None:
    basic = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"

    def document(action: str) -> Json:
        return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}

    def trust(service: str) -> Json:
        statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        return {"Version": "2012-10-17", "Statement": [statement]}

    def resources(trusted: str, action: str, **properties: Any) -> Json:  # noqa: ANN401 - as above
        return {
            "Ship": {
                "Type": "AWS::IAM::Role",
                "Properties": {"RoleName": "ship", "AssumeRolePolicyDocument": trust(trusted), **properties},
            },
            "Grants": {
                "Type": "AWS::IAM::Policy",
                "Properties": {
                    "PolicyName": "grants",
                    "PolicyDocument": document(action),
                    "Roles": [{"Ref": "Ship"}],
                },
            },
        }

    iam = cloud.client("iam")
    deploy(resources("lambda.amazonaws.com", "sqs:SendMessage", ManagedPolicyArns=[basic]))
    assert [p["PolicyArn"] for p in iam.list_attached_role_policies(RoleName="ship")["AttachedPolicies"]] == [basic]
    assert iam.get_role_policy(RoleName="ship", PolicyName="grants")["PolicyDocument"] == document("sqs:SendMessage")

    deploy(resources("events.amazonaws.com", "sns:Publish"))
    assert iam.get_role(RoleName="ship")["Role"]["AssumeRolePolicyDocument"] == trust("events.amazonaws.com")
    assert iam.list_attached_role_policies(RoleName="ship")["AttachedPolicies"] == []
    assert iam.get_role_policy(RoleName="ship", PolicyName="grants")["PolicyDocument"] == document("sns:Publish")


def test_log_groups_resource_policies_and_alarms_are_there(cloud: LocalCloud, deploy: Deploy) -> None:
    def resources(days: int, threshold: int) -> Json:
        return {
            "Audit": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/audit", "RetentionInDays": days}},
            "Writes": {
                "Type": "AWS::Logs::ResourcePolicy",
                "Properties": {"PolicyName": "rules-write", "PolicyDocument": '{"Statement": []}'},
            },
            "Dead": queue(QueueName="dead"),
            "Alarm": {
                "Type": "AWS::CloudWatch::Alarm",
                "Properties": {
                    "AlarmName": "dead letters",
                    "ComparisonOperator": "GreaterThanOrEqualToThreshold",
                    "Dimensions": [{"Name": "QueueName", "Value": {"Fn::GetAtt": ["Dead", "QueueName"]}}],
                    "EvaluationPeriods": 1,
                    "MetricName": "ApproximateNumberOfMessagesVisible",
                    "Namespace": "AWS/SQS",
                    "Period": 60,
                    "Statistic": "Maximum",
                    "Threshold": threshold,
                    "TreatMissingData": "notBreaching",
                },
            },
        }

    assert deploy(resources(30, 1)) == ()
    cloud.client("logs").create_log_stream(logGroupName="/audit", logStreamName="kept")
    deploy(resources(90, 2))
    (group,) = cloud.client("logs").describe_log_groups()["logGroups"]
    (policy,) = cloud.client("logs").describe_resource_policies()["resourcePolicies"]
    (alarm,) = cloud.client("cloudwatch").describe_alarms()["MetricAlarms"]
    assert group["retentionInDays"] == 90
    assert cloud.client("logs").describe_log_streams(logGroupName="/audit")["logStreams"][0]["logStreamName"] == "kept"
    assert policy["policyName"] == "rules-write"
    assert alarm["Threshold"] == 2
    assert alarm["Dimensions"] == [{"Name": "QueueName", "Value": "dead"}]
    assert alarm["TreatMissingData"] == "notBreaching"
