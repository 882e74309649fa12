"""What a template says can be read back through the services' own APIs, also after a change."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from eventyard.local import LocalCloud
    from tests.local.conftest import Bodies, Deploy, Function, Json, Put


def queue(**properties: Any) -> Json:  # noqa: ANN401 - CloudFormation's properties
    return {"Type": "AWS::SQS::Queue", "Properties": properties}


def arn(logical_id: str) -> Json:
    return {"Fn::GetAtt": [logical_id, "Arn"]}


def queue_attributes(cloud: LocalCloud, name: str) -> dict[str, str]:
    sqs = cloud.client("sqs")
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    found: dict[str, str] = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return found


POLICY: Json = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "Rules",
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": "*",
            "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:events:us-east-1:111111111111:rule/*"}},
        }
    ],
}


def test_a_queue_has_what_its_template_says(cloud: LocalCloud, deploy: Deploy) -> None:
    notices = deploy(
        {
            "Orders": queue(
                QueueName="orders",
                VisibilityTimeout=180,
                MessageRetentionPeriod="1209600",
                DelaySeconds=5,
                KmsMasterKeyId="alias/shop",
                RedrivePolicy={"deadLetterTargetArn": arn("Dead"), "maxReceiveCount": 3},
                Tags=[{"Key": "team", "Value": "logistics"}],
            ),
            "Dead": queue(QueueName="dead"),
            "Policy": {
                "Type": "AWS::SQS::QueuePolicy",
                "Properties": {"Queues": [{"Ref": "Orders"}], "PolicyDocument": POLICY},
            },
        }
    )
    found = queue_attributes(cloud, "orders")
    assert notices == ()
    assert found["VisibilityTimeout"] == "180"
    assert found["MessageRetentionPeriod"] == "1209600"
    assert found["DelaySeconds"] == "5"
    assert found["KmsMasterKeyId"] == "alias/shop"
    assert json.loads(found["Policy"]) == POLICY
    assert json.loads(found["RedrivePolicy"]) == {
        "deadLetterTargetArn": "arn:aws:sqs:us-east-1:111111111111:dead",
        "maxReceiveCount": 3,
    }
    url = cloud.client("sqs").get_queue_url(QueueName="orders")["QueueUrl"]
    assert cloud.client("sqs").list_queue_tags(QueueUrl=url)["Tags"] == {"team": "logistics"}


def test_a_queue_changes_in_place_and_keeps_messages_and_policy(
    cloud: LocalCloud, deploy: Deploy, bodies: Bodies
) -> None:
    policy: Json = {
        "Type": "AWS::SQS::QueuePolicy",
        "Properties": {"Queues": [{"Ref": "Orders"}], "PolicyDocument": POLICY},
    }
    redrive = {"deadLetterTargetArn": arn("Dead"), "maxReceiveCount": 3}
    deploy({"Orders": queue(QueueName="orders", DelaySeconds=0, VisibilityTimeout=60), "Policy": policy})
    url = cloud.client("sqs").get_queue_url(QueueName="orders")["QueueUrl"]
    cloud.client("sqs").send_message(QueueUrl=url, MessageBody="hello")

    deploy({"Orders": queue(QueueName="orders", RedrivePolicy=redrive), "Dead": queue(), "Policy": policy})

    found = queue_attributes(cloud, "orders")
    assert found["VisibilityTimeout"] == "30"
    assert json.loads(found["RedrivePolicy"])["maxReceiveCount"] == 3
    assert json.loads(found["Policy"]) == POLICY
    assert bodies("orders") == ["hello"]


def test_a_fifo_queue_and_a_fifo_topic_without_names_get_names_that_end_as_they_must(
    cloud: LocalCloud, deploy: Deploy
) -> None:
    deploy(
        {
            "Movements": queue(FifoQueue=True, ContentBasedDeduplication=True),
            "Stock": {"Type": "AWS::SNS::Topic", "Properties": {"FifoTopic": True, "ContentBasedDeduplication": True}},
        }
    )
    (url,) = cloud.client("sqs").list_queues()["QueueUrls"]
    (topic,) = cloud.client("sns").list_topics()["Topics"]
    assert url.endswith(".fifo")
    assert topic["TopicArn"].endswith(".fifo")
    attributes = cloud.client("sns").get_topic_attributes(TopicArn=topic["TopicArn"])["Attributes"]
    assert attributes["FifoTopic"] == "true"
    assert attributes["ContentBasedDeduplication"] == "true"


def test_long_generated_names_stay_apart(cloud: LocalCloud, deploy: Deploy) -> None:
    long = "ThisIsTheNameOfAQueueThatAConstructDeepDownInATreeOfConstructsWouldGetFromItsPath"
    deploy({f"{long}One": queue(), f"{long}Two": queue()}, stack="AStackWithANameOfItsOwn")
    urls = cloud.client("sqs").list_queues()["QueueUrls"]
    assert len(set(urls)) == 2
    assert all(len(url.rsplit("/", 1)[-1]) <= 80 for url in urls)


def test_a_topic_changes_in_place_and_keeps_its_subscriptions(cloud: LocalCloud, deploy: Deploy) -> None:
    subscription: Json = {
        "Type": "AWS::SNS::Subscription",
        "Properties": {"TopicArn": {"Ref": "Orders"}, "Protocol": "sqs", "Endpoint": arn("Warehouse")},
    }
    topic: Json = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "orders", "DisplayName": "Orders"}}
    changed: Json = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "orders", "KmsMasterKeyId": "alias/shop"}}
    deploy({"Orders": topic, "Warehouse": queue(), "Hears": subscription})
    (before,) = cloud.client("sns").list_subscriptions()["Subscriptions"]

    deploy({"Orders": changed, "Warehouse": queue(), "Hears": subscription})

    attributes = cloud.client("sns").get_topic_attributes(TopicArn=before["TopicArn"])["Attributes"]
    assert attributes["KmsMasterKeyId"] == "alias/shop"
    assert attributes["DisplayName"] == ""
    assert cloud.client("sns").list_subscriptions()["Subscriptions"] == [before]


def test_a_subscription_has_what_its_template_says_and_changes_in_place(cloud: LocalCloud, deploy: Deploy) -> None:
    def resources(**properties: Any) -> Json:  # noqa: ANN401 - CloudFormation's properties
        return {
            "Orders": {"Type": "AWS::SNS::Topic"},
            "Warehouse": queue(QueueName="warehouse"),
            "Dead": queue(QueueName="dead"),
            "Hears": {
                "Type": "AWS::SNS::Subscription",
                "Properties": {
                    "TopicArn": {"Ref": "Orders"},
                    "Protocol": "sqs",
                    "Endpoint": arn("Warehouse"),
                    **properties,
                },
            },
        }

    def attributes() -> dict[str, str]:
        (found,) = cloud.client("sns").list_subscriptions()["Subscriptions"]
        answer: dict[str, str] = cloud.client("sns").get_subscription_attributes(
            SubscriptionArn=found["SubscriptionArn"]
        )["Attributes"]
        return answer

    deploy(
        resources(
            RawMessageDelivery=True,
            FilterPolicyScope="MessageBody",
            FilterPolicy={"detail": {"country": ["DE"]}},
            RedrivePolicy={"deadLetterTargetArn": arn("Dead")},
        )
    )
    first = attributes()
    assert first["RawMessageDelivery"] == "true"
    assert first["FilterPolicyScope"] == "MessageBody"
    assert json.loads(first["FilterPolicy"]) == {"detail": {"country": ["DE"]}}
    assert json.loads(first["RedrivePolicy"]) == {"deadLetterTargetArn": "arn:aws:sqs:us-east-1:111111111111:dead"}
    assert first["Endpoint"] == "arn:aws:sqs:us-east-1:111111111111:warehouse"

    deploy(resources(FilterPolicy={"country": ["FR"]}))
    second = attributes()
    assert second["SubscriptionArn"] == first["SubscriptionArn"]
    assert second["RawMessageDelivery"] == "false"
    assert json.loads(second["FilterPolicy"]) == {"country": ["FR"]}


def test_a_topic_policy_is_the_topics_policy(cloud: LocalCloud, deploy: Deploy) -> None:
    document = {**POLICY, "Statement": [{**POLICY["Statement"][0], "Action": "sns:Publish"}]}
    deploy(
        {
            "Orders": {"Type": "AWS::SNS::Topic"},
            "Policy": {
                "Type": "AWS::SNS::TopicPolicy",
                "Properties": {"Topics": [{"Ref": "Orders"}], "PolicyDocument": document},
            },
        }
    )
    (topic,) = cloud.client("sns").list_topics()["Topics"]
    found = cloud.client("sns").get_topic_attributes(TopicArn=topic["TopicArn"])["Attributes"]
    assert json.loads(found["Policy"]) == document


def test_a_rule_has_what_its_template_says_and_changes_in_place(cloud: LocalCloud, deploy: Deploy) -> None:
    def resources(pattern: Json, *targets: Json) -> Json:
        return {
            "Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": "commerce"}},
            "Placed": {
                "Type": "AWS::Events::Rule",
                "Properties": {
                    "Name": "placed",
                    "EventBusName": {"Ref": "Bus"},
                    "EventPattern": pattern,
                    "Targets": list(targets),
                },
            },
            "Warehouse": queue(QueueName="warehouse"),
            "Dead": queue(QueueName="dead"),
        }

    warehouse: Json = {
        "Id": "warehouse",
        "Arn": arn("Warehouse"),
        "DeadLetterConfig": {"Arn": arn("Dead")},
        "RetryPolicy": {"MaximumEventAgeInSeconds": "3600", "MaximumRetryAttempts": 5},
        "InputPath": "$.detail",
    }
    deploy(resources({"source": ["shop.web"]}, warehouse, {"Id": "second", "Arn": arn("Dead")}))
    events = cloud.client("events")
    targets = events.list_targets_by_rule(Rule="placed", EventBusName="commerce")["Targets"]
    assert targets == [
        {
            "Id": "warehouse",
            "Arn": "arn:aws:sqs:us-east-1:111111111111:warehouse",
            "DeadLetterConfig": {"Arn": "arn:aws:sqs:us-east-1:111111111111:dead"},
            "RetryPolicy": {"MaximumEventAgeInSeconds": 3600, "MaximumRetryAttempts": 5},
            "InputPath": "$.detail",
        },
        {"Id": "second", "Arn": "arn:aws:sqs:us-east-1:111111111111:dead"},
    ]

    deploy(resources({"source": ["shop.mobile"]}, warehouse))
    rule = events.describe_rule(Name="placed", EventBusName="commerce")
    assert json.loads(rule["EventPattern"]) == {"source": ["shop.mobile"]}
    assert [t["Id"] for t in events.list_targets_by_rule(Rule="placed", EventBusName="commerce")["Targets"]] == [
        "warehouse"
    ]


def test_a_rule_that_is_put_again_by_hand_keeps_its_targets(cloud: LocalCloud) -> None:
    events = cloud.client("events")
    events.put_rule(Name="placed", EventPattern='{"source": ["shop.web"]}')
    events.put_targets(Rule="placed", Targets=[{"Id": "q", "Arn": "arn:aws:sqs:us-east-1:111111111111:q"}])
    events.put_rule(Name="placed", EventPattern='{"source": ["shop.mobile"]}')
    assert [target["Id"] for target in events.list_targets_by_rule(Rule="placed")["Targets"]] == ["q"]


def test_a_function_has_what_its_template_says_and_falls_back_when_it_says_no_more(
    cloud: LocalCloud, deploy: Deploy, function: Function
) -> None:
    code = "def handle(event, context):\n    return {}\n"
    group: Json = {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/shop/ship", "RetentionInDays": 30}}
    shared: Json = {
        "Dead": queue(QueueName="dead"),
        "Logs": group,
        "Layer": {
            "Type": "AWS::Lambda::LayerVersion",
            "Properties": {"Content": {"S3Bucket": "code", "S3Key": "layer.zip"}, "Description": "shared"},
        },
    }
    cloud.client("s3").create_bucket(Bucket="code")
    cloud.client("s3").put_object(Bucket="code", Key="layer.zip", Body=zip_of("python/shared.py", "X = 1\n"))
    deploy(
        {
            **shared,
            **function(
                "Ship",
                code,
                MemorySize="256",
                Environment={"Variables": {"STAGE": "test"}},
                DeadLetterConfig={"TargetArn": arn("Dead")},
                LoggingConfig={"LogGroup": {"Ref": "Logs"}},
                TracingConfig={"Mode": "Active"},
                Layers=[
                    "arn:aws:lambda:us-east-1:017000801446:layer:AWSLambdaPowertoolsPythonV3-python313-arm64:27",
                    {"Ref": "Layer"},
                ],
                Architectures=["arm64"],
                ReservedConcurrentExecutions=2,
                Tags=[{"Key": "team", "Value": "logistics"}],
            ),
        }
    )
    found = cloud.client("lambda").get_function(FunctionName="Ship")
    configuration = found["Configuration"]
    assert configuration["MemorySize"] == 256
    assert configuration["Environment"] == {"Variables": {"STAGE": "test"}}
    assert configuration["DeadLetterConfig"] == {"TargetArn": "arn:aws:sqs:us-east-1:111111111111:dead"}
    assert configuration["LoggingConfig"] == {"LogGroup": "/shop/ship"}
    assert configuration["TracingConfig"] == {"Mode": "Active"}
    assert configuration["Architectures"] == ["arm64"]
    assert configuration["Layers"][0]["Arn"].endswith(":27")
    assert configuration["Layers"][1]["Arn"].endswith(":1")
    assert found["Concurrency"] == {"ReservedConcurrentExecutions": 2}
    assert found["Tags"] == {"team": "logistics"}

    deploy({**shared, **function("Ship", code)})
    configuration = cloud.client("lambda").get_function_configuration(FunctionName="Ship")
    assert configuration["MemorySize"] == 128
    assert configuration["TracingConfig"] == {"Mode": "PassThrough"}
    assert configuration["Layers"] == []
    assert "DeadLetterConfig" not in configuration
    assert "Environment" not in configuration


def zip_of(name: str, text: str) -> bytes:
    import io  # noqa: PLC0415 - a small helper's own
    import zipfile  # noqa: PLC0415 - the same

    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as bundle:
        bundle.writestr(name, text)
    return content.getvalue()


def test_permissions_of_a_function_are_its_policy_and_go_with_the_template(
    cloud: LocalCloud, deploy: Deploy, function: Function
) -> None:
    ship = function("Ship", "def handle(event, context): pass\n")
    permission: Json = {
        "Type": "AWS::Lambda::Permission",
        "Properties": {
            "Action": "lambda:InvokeFunction",
            "FunctionName": arn("Ship"),
            "Principal": "sns.amazonaws.com",
            "SourceAccount": "111111111111",
            "SourceArn": "arn:aws:sns:us-east-1:111111111111:orders",
        },
    }
    deploy({**ship, "Admits": permission})
    (statement,) = json.loads(cloud.client("lambda").get_policy(FunctionName="Ship")["Policy"])["Statement"]
    assert statement["Principal"] == {"Service": "sns.amazonaws.com"}
    assert statement["Condition"] == {
        "ArnLike": {"AWS:SourceArn": "arn:aws:sns:us-east-1:111111111111:orders"},
        "StringEquals": {"AWS:SourceAccount": "111111111111"},
    }
    deploy(ship)
    with pytest.raises(cloud.client("lambda").exceptions.ResourceNotFoundException):
        cloud.client("lambda").get_policy(FunctionName="Ship")


def test_an_event_source_mapping_has_what_its_template_says_and_changes_in_place(
    cloud: LocalCloud, deploy: Deploy, function: Function
) -> None:
    base: Json = {**function("Ship", "def handle(event, context): pass\n"), "Orders": queue(QueueName="orders")}

    def mapping(**properties: Any) -> Json:  # noqa: ANN401 - CloudFormation's properties
        return {
            "Type": "AWS::Lambda::EventSourceMapping",
            "Properties": {"EventSourceArn": arn("Orders"), "FunctionName": {"Ref": "Ship"}, **properties},
        }

    deploy(
        {
            **base,
            "Intake": mapping(
                BatchSize="5",
                MaximumBatchingWindowInSeconds=10,
                FunctionResponseTypes=["ReportBatchItemFailures"],
                ScalingConfig={"MaximumConcurrency": "2"},
                FilterCriteria={"Filters": [{"Pattern": '{"body": {"kind": ["order"]}}'}]},
            ),
        }
    )
    (first,) = cloud.client("lambda").list_event_source_mappings()["EventSourceMappings"]
    assert first["BatchSize"] == 5
    assert first["MaximumBatchingWindowInSeconds"] == 10
    assert first["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert first["ScalingConfig"] == {"MaximumConcurrency": 2}
    assert first["FilterCriteria"] == {"Filters": [{"Pattern": '{"body": {"kind": ["order"]}}'}]}
    assert first["State"] == "Enabled"

    deploy({**base, "Intake": mapping(BatchSize=1, Enabled=False)})
    (second,) = cloud.client("lambda").list_event_source_mappings()["EventSourceMappings"]
    assert second["UUID"] == first["UUID"]
    assert second["BatchSize"] == 1
    assert second["FunctionResponseTypes"] == []
    assert second["State"] == "Disabled"


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
        document = {"Version": "2012-10-17", "Statement": [{"Sid": description, "Effect": "Allow", "Action": "kms:*"}]}
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


def test_statements_of_a_bus_join_and_leave_one_by_one(cloud: LocalCloud, deploy: Deploy) -> None:
    def statement(account: str) -> Json:
        return {
            "Type": "AWS::Events::EventBusPolicy",
            "Properties": {
                "EventBusName": {"Ref": "Bus"},
                "StatementId": f"from-{account}",
                "Statement": {
                    "Effect": "Allow",
                    "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
                    "Action": "events:PutEvents",
                    "Resource": {"Fn::GetAtt": ["Bus", "Arn"]},
                },
            },
        }

    bus: Json = {"Type": "AWS::Events::EventBus", "Properties": {"Name": "commerce"}}

    def sids() -> list[str]:
        policy = cloud.client("events").describe_event_bus(Name="commerce").get("Policy", '{"Statement": []}')
        return [one["Sid"] for one in json.loads(policy)["Statement"]]

    deploy({"Bus": bus, "One": statement("222222222222"), "Two": statement("333333333333")})
    assert sids() == ["from-222222222222", "from-333333333333"]
    deploy({"Bus": bus, "Two": statement("333333333333")})
    assert sids() == ["from-333333333333"]


def test_what_is_deployed_twice_is_there_once_and_unchanged(
    cloud: LocalCloud, deploy: Deploy, function: Function, put: Put, bodies: Bodies
) -> None:
    resources: Json = {
        **function("Ship", "def handle(event, context): pass\n"),
        "Orders": queue(QueueName="orders"),
        "Placed": {
            "Type": "AWS::Events::Rule",
            "Properties": {
                "EventPattern": {"source": ["shop.web"]},
                "Targets": [{"Id": "q", "Arn": arn("Orders")}],
            },
        },
    }
    deploy(resources)
    put({"id": 1})
    cloud.settle()
    before = cloud.client("cloudformation").list_stack_resources(StackName="shop")["StackResourceSummaries"]
    deploy(resources)
    after = cloud.client("cloudformation").list_stack_resources(StackName="shop")["StackResourceSummaries"]
    assert [(one["LogicalResourceId"], one["PhysicalResourceId"]) for one in before] == [
        (one["LogicalResourceId"], one["PhysicalResourceId"]) for one in after
    ]
    put({"id": 2})
    cloud.settle()
    assert [json.loads(body)["detail"] for body in bodies("orders")] == [{"id": 1}, {"id": 2}]


def test_a_resource_that_left_the_template_is_gone_unless_it_is_to_be_retained(
    cloud: LocalCloud, deploy: Deploy
) -> None:
    kept = {**queue(QueueName="kept"), "DeletionPolicy": "Retain"}
    deploy({"Kept": kept, "Gone": queue(QueueName="gone"), "Stays": queue(QueueName="stays")})
    deploy({"Stays": queue(QueueName="stays")})
    names = [url.rsplit("/", 1)[-1] for url in cloud.client("sqs").list_queues()["QueueUrls"]]
    assert sorted(names) == ["kept", "stays"]


def test_what_refers_to_a_resource_that_was_replaced_follows_it(
    cloud: LocalCloud, deploy: Deploy, put: Put, bodies: Bodies
) -> None:
    def resources(name: str) -> Json:
        return {
            "Placed": {
                "Type": "AWS::Events::Rule",
                "Properties": {
                    "EventPattern": {"source": ["shop.web"]},
                    "Targets": [{"Id": "q", "Arn": arn("Orders")}],
                },
            },
            "Orders": queue(QueueName=name),
        }

    deploy(resources("orders"))
    deploy(resources("orders-renamed"))
    put()
    cloud.settle()
    assert len(bodies("orders-renamed")) == 1


def test_what_is_not_emulated_is_listed_and_what_refers_to_it_is_made(cloud: LocalCloud, deploy: Deploy) -> None:
    notices = deploy(
        {
            "Pipe": {"Type": "AWS::Pipes::Pipe", "Properties": {}},
            "Orders": queue(QueueName="orders", RedriveAllowPolicy={"redrivePermission": "denyAll"}),
            "Cleaner": {"Type": "Custom::Cleaner", "Properties": {"ServiceToken": arn("Pipe")}},
            "Nightly": {
                "Type": "AWS::Events::Rule",
                "Properties": {
                    "ScheduleExpression": "rate(1 day)",
                    "Targets": [{"Id": "pipe", "Arn": arn("Pipe")}],
                },
            },
            "Mail": {
                "Type": "AWS::SNS::Subscription",
                "Properties": {"TopicArn": {"Ref": "News"}, "Protocol": "email", "Endpoint": "a@example.com"},
            },
            "News": {"Type": "AWS::SNS::Topic"},
        }
    )
    told = {notice.where: notice.what for notice in notices}
    assert set(told) == {"shop/Pipe", "shop/Orders", "shop/Cleaner", "shop/Nightly", "shop/Mail"}
    assert "AWS::Pipes::Pipe is not emulated" in told["shop/Pipe"]
    assert "RedriveAllowPolicy" in told["shop/Orders"]
    assert "its function is not called" in told["shop/Cleaner"]
    assert "email" in told["shop/Mail"]
    assert any("schedule" in notice.what for notice in notices if notice.where == "shop/Nightly")
    assert any("(pipes) gets nothing" in notice.what for notice in notices if notice.where == "shop/Nightly")
    assert set(cloud.notices) == set(notices)
