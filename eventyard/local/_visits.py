"""What is behind the links in SNS's messages: the cloud's own endpoint answers them, to whoever follows one.

https://docs.aws.amazon.com/sns/latest/api/API_ConfirmSubscription.html and API_Unsubscribe.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from eventyard.local._http_payloads import Reply
from eventyard.local.moto_seam import RefusedError

if TYPE_CHECKING:
    from eventyard.local._http_payloads import Visit
    from eventyard.local._yard import Yard

_SPACE = "http://sns.amazonaws.com/doc/2010-03-31/"


def follow(visit: Visit, yard: Yard) -> Reply | None:
    """The answer to a GET without a signature; None where there is nothing to see."""
    if visit.method != "GET":
        return None
    if visit.path == f"/{yard.signatures.file}":
        return _page(200, "application/x-pem-file", yard.signatures.certificate)
    given = dict(parse_qsl(visit.query))
    try:
        if given.get("Action") == "ConfirmSubscription":
            topic, token = given.get("TopicArn", ""), given.get("Token", "")
            # Who does not sign cannot ask for AuthenticateOnUnsubscribe.
            arn = yard.confirmations.confirm(topic, token, authenticated=False)
            return _answer("ConfirmSubscription", f"<SubscriptionArn>{escape(arn)}</SubscriptionArn>")
        if given.get("Action") == "Unsubscribe":
            yard.confirmations.unsubscribe(given.get("SubscriptionArn", ""))
            return _answer("Unsubscribe", "")
    except RefusedError as refused:
        return _refusal(refused)
    return None


def _answer(action: str, result: str) -> Reply:
    result = f"<{action}Result>{result}</{action}Result>" if result else ""
    metadata = "<ResponseMetadata><RequestId></RequestId></ResponseMetadata>"
    return _page(200, "text/xml", f'<{action}Response xmlns="{_SPACE}">{result}{metadata}</{action}Response>')


def _refusal(refused: RefusedError) -> Reply:
    error = f"<Type>Sender</Type><Code>{refused.code}</Code><Message>{escape(str(refused))}</Message>"
    status = 403 if refused.code == "AuthorizationError" else 400
    return _page(status, "text/xml", f'<ErrorResponse xmlns="{_SPACE}"><Error>{error}</Error></ErrorResponse>')


def _page(status: int, type_: str, text: str) -> Reply:
    return Reply(status, (("Content-Type", type_),), text.encode())
