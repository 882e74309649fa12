"""The pytest plugin, as a project of someone else's uses it."""

from __future__ import annotations

import json

import pytest

pytest_plugins = ["pytester"]

TEMPLATE = {
    "Resources": {
        "Heard": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "heard"}},
        "RuleSends": {
            "Type": "AWS::SQS::QueuePolicy",
            "Properties": {
                "Queues": [{"Ref": "Heard"}],
                "PolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": {
                        "Effect": "Allow",
                        "Principal": {"Service": "events.amazonaws.com"},
                        "Action": "sqs:SendMessage",
                        "Resource": {"Fn::GetAtt": ["Heard", "Arn"]},
                        "Condition": {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["Rule", "Arn"]}}},
                    },
                },
            },
        },
        "Rule": {
            "Type": "AWS::Events::Rule",
            "Properties": {
                "EventPattern": {"source": ["till"]},
                "Targets": [{"Id": "queue", "Arn": {"Fn::GetAtt": ["Heard", "Arn"]}}],
            },
        },
        "Deaf": {
            "Type": "AWS::Events::Rule",
            "Properties": {
                "EventPattern": {"source": ["ghost"]},
                "Targets": [{"Id": "queue", "Arn": "arn:aws:sqs:us-east-1:111111111111:nowhere"}],
            },
        },
    }
}


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    (pytester.path / "template.json").write_text(json.dumps(TEMPLATE))
    pytester.makeini("[pytest]\neventyard_assembly = template.json\naddopts = -p no:cacheprovider")
    return pytester


def test_deployed_holds_the_assembly_that_the_ini_file_names(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import boto3

        def put(source):
            entry = {"Source": source, "DetailType": "Sold", "Detail": "{}"}
            return boto3.client("events").put_events(Entries=[entry])["Entries"][0]["EventId"]

        def test_it_arrives(deployed):
            event_id = put("till")
            deployed.settle()
            url = boto3.client("sqs").get_queue_url(QueueName="heard")["QueueUrl"]
            assert event_id in boto3.client("sqs").receive_message(QueueUrl=url)["Messages"][0]["Body"]

        def test_each_test_has_a_cloud_of_its_own(deployed):
            url = boto3.client("sqs").get_queue_url(QueueName="heard")["QueueUrl"]
            assert "Messages" not in boto3.client("sqs").receive_message(QueueUrl=url)

        def test_empty_is_empty(cloud):
            assert boto3.client("sqs").list_queues().get("QueueUrls", []) == []
        """
    )

    project.runpytest_subprocess("-n", "0").assert_outcomes(passed=3)


def test_a_drop_that_nobody_expected_fails_the_test_and_is_told(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import boto3

        def put(cloud):
            boto3.client("events").put_events(Entries=[{"Source": "ghost", "DetailType": "Boo", "Detail": "{}"}])
            cloud.settle()

        def test_unasked(deployed):
            put(deployed)

        def test_asked(deployed):
            deployed.ledger.expect_drops("nowhere")
            put(deployed)

        def test_left_pending(deployed):
            boto3.client("events").put_events(Entries=[{"Source": "till", "DetailType": "Sold", "Detail": "{}"}])
        """
    )

    result = project.runpytest_subprocess("-n", "0")

    result.assert_outcomes(passed=3, errors=2)
    result.stdout.fnmatch_lines_random(
        [
            "*1 deliveries were dropped and nobody expected it:*",
            "*NO_RESOURCE there is no queue arn:aws:sqs:us-east-1:111111111111:nowhere*",
            "*the books do not balance: 1 matched = 0 delivered*1 pending*Call cloud.settle() first*",
        ]
    )


def test_a_failed_test_shows_what_was_not_delivered_and_what_functions_wrote(pytester: pytest.Pytester) -> None:
    (pytester.path / "template.json").write_text(
        json.dumps(
            {
                "Resources": {
                    "Role": {
                        "Type": "AWS::IAM::Role",
                        "Properties": {
                            "AssumeRolePolicyDocument": {
                                "Version": "2012-10-17",
                                "Statement": {
                                    "Effect": "Allow",
                                    "Principal": {"Service": "lambda.amazonaws.com"},
                                    "Action": "sts:AssumeRole",
                                },
                            }
                        },
                    },
                    "RuleInvokes": {
                        "Type": "AWS::Lambda::Permission",
                        "Properties": {
                            "FunctionName": {"Ref": "Seller"},
                            "Action": "lambda:InvokeFunction",
                            "Principal": "events.amazonaws.com",
                            "SourceArn": {"Fn::GetAtt": ["Rule", "Arn"]},
                        },
                    },
                    "Seller": {
                        "Type": "AWS::Lambda::Function",
                        "Properties": {
                            "FunctionName": "seller",
                            "Runtime": "python3.13",
                            "Handler": "index.handle",
                            "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                            "Code": {"ZipFile": "def handle(event, context):\n    print('sold', event['detail'])\n"},
                        },
                    },
                    "Rule": {
                        "Type": "AWS::Events::Rule",
                        "Properties": {
                            "EventPattern": {"source": ["till"]},
                            "Targets": [
                                {"Id": "f", "Arn": {"Fn::GetAtt": ["Seller", "Arn"]}},
                                {"Id": "q", "Arn": "arn:aws:sqs:us-east-1:111111111111:nowhere"},
                            ],
                        },
                    },
                }
            }
        )
    )
    pytester.makeini("[pytest]\neventyard_assembly = template.json\naddopts = -p no:cacheprovider")
    pytester.makepyfile(
        """
        import boto3

        def test_it(deployed):
            entry = {"Source": "till", "DetailType": "Sold", "Detail": '{"article": "samovar"}'}
            boto3.client("events").put_events(Entries=[entry])
            deployed.settle()
            assert False, "something else is wrong"
        """
    )

    result = pytester.runpytest_subprocess("-n", "0")

    result.stdout.fnmatch_lines_random(
        [
            "*something else is wrong*",
            "*eventyard: balance*",
            "*eventyard: not delivered at once*",
            "*nowhere: dropped. NO_RESOURCE*",
            "*eventyard: log of arn:aws:lambda:us-east-1:111111111111:function:seller*",
            "sold {'article': 'samovar'}",
        ]
    )
