"""What is behind the links in SNS's messages: the cloud's own endpoint answers them, to whoever follows one.

https://docs.aws.amazon.com/sns/latest/api/API_ConfirmSubscription.html and API_Unsubscribe.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from eventyard.local.moto_seam import RefusedError

if TYPE_CHECKING:
    from eventyard.local._yard import Yard

_SPACE = "http://sns.amazonaws.com/doc/2010-03-31/"


@dataclass(frozen=True, slots=True)
class Page:
    """What a visitor gets."""

    status: str
    type: str
    text: str


def visit(path: str, query: str, yard: Yard) -> Page | None:
    """The answer to a GET without a signature; None where there is nothing to see.

    Args:
        path: `/`, or that of SigningCertURL.
        query: As it stands in the URL.
        yard: The cloud.
    """
    if path == f"/{yard.signatures.file}":
        return Page("200 OK", "application/x-pem-file", yard.signatures.certificate)
    given = dict(parse_qsl(query))
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


def _answer(action: str, result: str) -> Page:
    result = f"<{action}Result>{result}</{action}Result>" if result else ""
    metadata = "<ResponseMetadata><RequestId></RequestId></ResponseMetadata>"
    return Page("200 OK", "text/xml", f'<{action}Response xmlns="{_SPACE}">{result}{metadata}</{action}Response>')


def _refusal(refused: RefusedError) -> Page:
    error = f"<Type>Sender</Type><Code>{refused.code}</Code><Message>{escape(str(refused))}</Message>"
    status = "403 Forbidden" if refused.code == "AuthorizationError" else "400 Bad Request"
    return Page(status, "text/xml", f'<ErrorResponse xmlns="{_SPACE}"><Error>{error}</Error></ErrorResponse>')
