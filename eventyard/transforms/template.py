"""Input templates: text with `<placeholders>`.

A template that begins with a quote is a *string template* (one quoted text, or several, each on its line); any other is
a *JSON template*. In a JSON template a bare placeholder becomes the JSON of its value, and one inside quotes the
value's text as it is. In a string template values go in without quotes, and objects and arrays lose theirs too.

The rules for what becomes of a value are recorded behaviour of the service; AWS's page gives examples only.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eventyard.errors import TransformError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# The service model's TransformerInput.
CHARACTERS = 8_192

_PLACEHOLDER = re.compile(r"<([A-Za-z0-9_.-]+)>", re.ASCII)
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_KEY_FOLLOWS = re.compile(r"\s*:")


@dataclass(frozen=True, slots=True)
class Template:
    """An input template."""

    text: str
    placeholder: re.Pattern[str] = _PLACEHOLDER

    @property
    def is_json(self) -> bool:
        """Whether the result must be JSON, rather than quoted text."""
        return not self.text.lstrip().startswith('"')

    def placeholders(self) -> list[str]:
        """The names between < and >, in their order."""
        return self.placeholder.findall(self.text)

    def key_placeholder(self) -> str | None:
        """The first placeholder in the place of an object's key, which AWS does not allow in a JSON template."""
        if not self.is_json:
            return None
        for token, _ in self._tokens():
            found = self.placeholder.search(token.group())
            if found and _KEY_FOLLOWS.match(self.text, token.end()):
                return found.group(1)
        return None

    def render(self, values: Mapping[str, Any]) -> str:
        """The template with its placeholders filled in.

        Args:
            values: Name -> any JSON value; what is not there is the empty string.

        Raises:
            TransformError: The result of a JSON template is no JSON; the service then delivers nothing.
        """
        if not self.is_json:
            return self._filled(self.text, values, _unquoted)
        result = []
        at = 0
        for token, bare in self._tokens():
            result.append(self.text[at : token.start()])
            result.append(self._filled(token.group(), values, compact if bare else _inside_quotes))
            at = token.end()
        rendered = "".join((*result, self.text[at:]))
        try:
            json.loads(rendered, parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            raise TransformError(
                f"The template's result is no valid JSON, so nothing is delivered: {error}. It is {rendered[:200]}",
                where="InputTransformer.InputTemplate",
                remedy="Put placeholders of objects, arrays and texts with quotes in them outside quotes.",
            ) from None
        return rendered

    def _tokens(self) -> list[tuple[re.Match[str], bool]]:
        """The strings and the bare placeholders of a JSON template, in their order; True marks the bare ones."""
        tokens = []
        at = 0
        while at < len(self.text):
            quote, less = self.text.find('"', at), self.text.find("<", at)
            starts = [start for start in (quote, less) if start >= 0]
            if not starts:
                break
            at = min(starts)
            bare = at == less
            found = (self.placeholder if bare else _STRING).match(self.text, at)
            if found is None:
                at += 1
            else:
                tokens.append((found, bare))
                at = found.end()
        return tokens

    def _filled(self, text: str, values: Mapping[str, Any], form: Callable[[Any], str]) -> str:
        return self.placeholder.sub(lambda found: form(values.get(found.group(1), "")), text)


def compact(value: Any) -> str:  # noqa: ANN401  # any JSON value
    """JSON as AWS writes it: no spaces, no escapes that JSON does not need."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _inside_quotes(value: Any) -> str:  # noqa: ANN401  # any JSON value
    return value if isinstance(value, str) else compact(value)


def _unquoted(value: Any) -> str:  # noqa: ANN401  # any JSON value
    return value if isinstance(value, str) else compact(value).replace('"', "")


def _refuse(token: str) -> None:
    raise ValueError(f"{token} is no JSON")  # the JSON parser's own kind of error
