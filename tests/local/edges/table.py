"""The table of docs/fidelity.md: each edge and each of AWS's rules, with what is tested, what is not, and the source.

`python -m tests.local.edges.table` prints it.
"""

from __future__ import annotations

RULES = ("matched", "authorized", "encrypted", "retried", "dead-lettered", "ordered", "limited")
_USER = "https://docs.aws.amazon.com/eventbridge/latest/userguide"
_SNS = "https://docs.aws.amazon.com/sns/latest/dg"
_SQS = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide"
_FIREHOSE = "https://docs.aws.amazon.com/firehose/latest/dev"
_LAMBDA = "https://docs.aws.amazon.com/lambda/latest/dg"
_CLOUDWATCH = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring"

_RULE = {"matched", "authorized", "retried", "dead-lettered"}
# What test_edges.py shows, end to end, with permissions on.
CASES: dict[str, set[str]] = {
    "rule → queue": _RULE | {"encrypted"},
    "rule → topic": _RULE | {"encrypted"},
    "rule → function": _RULE,
    "rule → log group": _RULE,
    "rule → bus": _RULE,
    "rule → queue of another account": _RULE | {"encrypted"},
    "rule → topic of another account": _RULE | {"encrypted"},
    "rule → function of another account": _RULE,
    "rule → Firehose": _RULE,
    "bus → archive": {"matched", "encrypted"},
    "topic → queue": _RULE | {"encrypted"},
    "topic → function": _RULE,
    "topic → queue of another account": _RULE | {"encrypted"},
    "topic → function of another account": _RULE,
    "topic → Firehose": _RULE,
    "queue → function": _RULE | {"encrypted"},
    "function → destination": {"authorized", "encrypted"},
    "alarm → topic": {"authorized", "encrypted"},
}
# What another test shows.
ELSEWHERE: dict[str, dict[str, str]] = {
    "publisher → bus": {
        "authorized": "authority/test_calls.py::test_the_source_of_an_event_may_be_a_condition",
        "encrypted": "authority/test_keys.py::test_the_key_of_a_bus_admits_eventbridge",
        "dead-lettered": "test_bus_keys.py::test_an_event_that_the_key_of_its_bus_keeps_out_is_a_dead_letter",
        "limited": "test_put_events.py::test_an_entry_is_refused_at_its_own_position_and_the_others_are_accepted",
    },
    "publisher → topic": {
        "encrypted": "authority/test_calls.py::test_the_key_of_a_topic_counts_for_a_role_that_publishes",
        "authorized": "authority/test_calls.py::test_a_role_may_call_what_its_policies_allow_and_nothing_else",
        "ordered": "test_topics.py::test_fifo_topics_deliver_in_order_and_once_in_five_minutes",
        "limited": "door/test_publications.py::test_a_message_that_sns_refuses_is_refused",
    },
    "publisher → queue": {
        "authorized": "authority/test_calls.py::test_a_queues_policy_admits_a_role_without_policies_of_its_own",
        "encrypted": "authority/test_calls.py::test_the_key_of_a_queue_counts_for_a_role_that_sends",
        "ordered": "test_queues_fifo.py::test_a_group_waits_until_its_messages_in_flight_are_deleted_or_visible_again",
        "limited": "test_queues_sending.py::test_a_message_is_refused_with_awss_code",
    },
    "schedule → rule": {"limited": "door/test_rules.py::test_a_rule_that_eventbridge_refuses_is_refused"},
    "rule → queue": {
        "ordered": "test_rules.py::test_a_fifo_queue_gets_events_in_order_in_the_group_that_the_target_names",
        "limited": "door/test_targets.py::test_a_target_that_eventbridge_refuses_is_refused_with_all_that_came_with_it",
    },
    "rule → bus": {"limited": "test_rules.py::test_an_event_makes_no_third_hop"},
    "bus → archive": {"limited": "door/test_buses.py::test_an_archive_that_eventbridge_refuses_is_refused"},
    "archive → bus (replay)": {
        "matched": "test_archives.py::test_a_replay_may_name_its_rules",
        "limited": "door/test_buses.py::test_a_replay_that_eventbridge_refuses_is_refused",
    },
    "topic → queue": {
        "ordered": "test_retries.py::test_a_fifo_group_waits_behind_its_message_that_is_tried_again",
        "limited": "test_topics.py::test_raw_delivery_with_more_than_ten_attributes_is_discarded",
    },
    "topic → HTTP": {
        "retried": "test_http_subscriptions.py::test_the_delivery_policy_of_the_subscription_or_else_of_the_topic",
        "dead-lettered": "test_http_subscriptions.py::test_a_client_error_is_not_tried_again_and_is_a_dead_letter",
        "limited": "test_http_subscriptions.py::test_no_more_messages_a_second_than_the_throttle_policy_lets_through",
    },
    "rule → API destination": {
        "matched": "test_api_destinations.py::test_an_event_is_posted_as_it_is_with_the_headers_of_eventbridge",
        "authorized": "test_api_destinations.py::test_the_role_must_be_allowed_to_invoke_it",
        "retried": "test_api_destinations.py::test_which_answers_are_tried_again",
        "dead-lettered": "test_api_destinations.py::test_what_waits_longer_than_its_age_is_a_dead_letter",
        "limited": "test_api_destinations.py::test_no_more_than_the_rate_in_any_second",
    },
    "HTTP → function (URL)": {
        "authorized": "test_function_urls.py::test_both_permissions_are_needed_since_october_2025",
        "limited": "test_function_urls.py::test_a_request_that_is_too_large_does_not_reach_the_function",
    },
    "queue → function": {
        "ordered": "test_queues.py::test_a_fifo_group_waits_behind_its_failed_message_and_others_do_not",
        "limited": "door/test_mappings.py::test_a_mapping_that_lambda_refuses_is_neither_made_nor_changed_to",
    },
    "rule → Firehose": {"limited": "streams/test_to_s3.py::test_an_event_that_is_too_large_for_a_record_goes_nowhere"},
    "Firehose → bucket": {
        "authorized": "streams/test_to_s3.py::test_without_permission_to_write_records_are_lost_after_a_day",
        "encrypted": "streams/test_to_s3.py::test_the_key_of_the_bucket_counts_with_the_encryption_context_of_s3",
        "retried": "streams/test_to_s3.py::test_an_outage_of_the_bucket_delays_records_and_loses_none",
        "limited": "streams/test_to_s3.py::test_a_destination_that_firehose_refuses_is_refused",
    },
    "Firehose → function": {
        "authorized": "streams/test_transformation.py::test_a_role_that_may_not_invoke_keeps_every_record_as_failed",
        "retried": "streams/test_transformation.py::test_a_function_that_fails_is_tried_again_three_times",
        "dead-lettered": "streams/test_transformation.py::test_a_record_that_fails_is_kept_under_the_error_prefix",
    },
    "alarm → function": {
        "authorized": "alarms/test_alarms.py::test_a_function_is_told_if_it_lets_alarms_in",
    },
    "queue → pipe → target": {
        "matched": "pipes/test_pipes.py::test_what_no_filter_matches_is_deleted_and_the_story_says_why",
        "authorized": "pipes/test_pipes.py::test_the_role_must_be_allowed_each_step",
        "encrypted": "pipes/test_pipes.py::test_the_key_of_the_queue_must_admit_the_role",
        "retried": "pipes/test_pipes.py::test_what_fails_for_a_while_goes_through_later",
        "dead-lettered": "pipes/test_pipes.py::test_a_batch_that_fails_is_in_the_dead_letter_queue_in_the_end",
        "limited": "pipes/test_pipes.py::test_a_pipe_that_eventbridge_refuses_is_refused",
    },
    "queue → dead-letter queue": {
        "matched": "test_queues_redrive.py::test_others_are_received_in_the_place_of_a_dead_letter",
        "ordered": "test_queues_redrive.py::test_the_next_of_a_fifo_group_goes_on_when_the_first_is_a_dead_letter",
        "limited": "test_queues_redrive.py::test_a_queue_says_whose_dead_letter_queue_it_may_be",
    },
}
# Where AWS has a rule that eventyard does not emulate.
MISSING: dict[str, set[str]] = {
    "rule → Kinesis, Step Functions, ECS and others": set(RULES) - {"ordered"},
    "topic → email, SMS, push": set(RULES) - {"ordered"},
}
SOURCES = {
    "publisher → bus": f"{_USER}/eb-putevents.html",
    "publisher → topic": f"{_SNS}/sns-publishing.html",
    "publisher → queue": f"{_SQS}/sqs-queue-message-identifiers.html",
    "schedule → rule": f"{_USER}/eb-create-rule-schedule.html",
    "rule → queue": f"{_USER}/eb-use-resource-based.html",
    "rule → topic": f"{_USER}/eb-use-resource-based.html",
    "rule → function": f"{_LAMBDA}/invocation-async-error-handling.html",
    "rule → log group": f"{_USER}/eb-use-resource-based.html",
    "rule → bus": f"{_USER}/eb-cross-account.html",
    "rule → queue of another account": f"{_USER}/eb-service-cross-account.html",
    "rule → topic of another account": f"{_USER}/eb-service-cross-account.html",
    "rule → function of another account": f"{_USER}/eb-service-cross-account.html",
    "rule → API destination": f"{_USER}/eb-api-destinations.html",
    "rule → Firehose": f"{_USER}/eb-targets.html",
    "rule → Kinesis, Step Functions, ECS and others": f"{_USER}/eb-targets.html",
    "bus → archive": f"{_USER}/eb-archive.html",
    "archive → bus (replay)": f"{_USER}/eb-replay-archived-event.html",
    "topic → queue": f"{_SNS}/sns-message-delivery-retries.html",
    "topic → function": f"{_SNS}/sns-message-delivery-retries.html",
    "topic → queue of another account": f"{_SNS}/sns-send-message-to-sqs-cross-account.html",
    "topic → function of another account": f"{_LAMBDA}/with-sns.html",
    "topic → HTTP": f"{_SNS}/sns-message-delivery-retries.html",
    "HTTP → function (URL)": f"{_LAMBDA}/urls-invocation.html",
    "topic → Firehose": f"{_SNS}/sns-firehose-as-subscriber.html",
    "topic → email, SMS, push": f"{_SNS}/sns-message-delivery-retries.html",
    "queue → function": f"{_LAMBDA}/services-sqs-errorhandling.html",
    "queue → dead-letter queue": f"{_SQS}/sqs-dead-letter-queues.html",
    "queue → pipe → target": f"{_USER}/eb-pipes.html",
    "Firehose → bucket": f"{_FIREHOSE}/basic-deliver.html",
    "Firehose → function": f"{_FIREHOSE}/data-transformation.html",
    "function → destination": f"{_LAMBDA}/invocation-async-retain-records.html",
    "alarm → topic": f"{_SNS}/sns-access-policy-use-cases.html",
    "alarm → function": f"{_CLOUDWATCH}/alarms-and-actions-Lambda.html",
}


def table() -> str:
    """Markdown: `yes` is emulated and tested, `no` a rule that is not emulated, a dash that AWS has none."""
    rows = [f"| edge | {' | '.join(RULES)} | source |", f"| --- |{' --- |' * (len(RULES) + 1)}"]
    for edge, source in SOURCES.items():
        shown = CASES.get(edge, set()) | set(ELSEWHERE.get(edge, {}))
        cells = ["yes" if rule in shown else "no" if rule in MISSING.get(edge, set()) else "—" for rule in RULES]
        name = source.rsplit("/", 1)[-1].removesuffix(".html")
        rows.append(f"| {edge} | {' | '.join(cells)} | [{name}]({source}) |")
    return "\n".join(rows)


if __name__ == "__main__":
    print(table())  # noqa: T201  # what this is for
