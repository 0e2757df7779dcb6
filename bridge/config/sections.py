"""What the sections of config.yaml are made of: frozen, strict, with words parsed into values. For ``settings``."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainValidator, ValidationInfo

from bridge.config import values
from bridge.config.secret import Secret, Sources, key_bytes
from bridge.config.wrong import Wrong
from bridge.domain.messages import say

T = TypeVar("T")


def sources_of(info: ValidationInfo) -> Sources:
    """Where secrets and paths come from: ``loading`` passes it with every validation."""
    if not isinstance(info.context, Sources):
        raise TypeError("settings are validated with their sources as context")
    return info.context


def _one_value(written: object) -> str:
    if not isinstance(written, str):
        raise Wrong(say("One value is expected here, not several."))
    return written


def _secret(written: object, info: ValidationInfo) -> Secret:
    return sources_of(info).secret(_one_value(written))


def _key(written: object, info: ValidationInfo) -> Secret:
    secret = _secret(written, info)
    key_bytes(secret)
    return secret


def _password(written: object, info: ValidationInfo) -> Secret:
    return sources_of(info).password(_one_value(written))


def _path(written: object, info: ValidationInfo) -> Path:
    return sources_of(info).folder / _one_value(written)


def database(written: object, info: ValidationInfo) -> str:
    """The address of a database, which may be written as a variable or a file that holds it."""
    sources = sources_of(info)
    return values.database_url(sources.text(_one_value(written)), sources.folder)


def text(parse: Callable[[str], T]) -> Callable[[object], T]:
    """``parse`` for one value; refuses lists and tables."""

    def parsed(written: object) -> T:
        return parse(_one_value(written))

    return parsed


SecretWord = Annotated[Secret, PlainValidator(_secret)]
Password = Annotated[Secret, PlainValidator(_password)]
KeyWord = Annotated[Secret, PlainValidator(_key)]
FilePath = Annotated[Path, BeforeValidator(_path)]
Localpart = Annotated[str, BeforeValidator(text(values.localpart))]
Duration = Annotated[timedelta, BeforeValidator(text(values.duration))]
Span = Annotated[timedelta, BeforeValidator(text(values.span))]
WebAddress = Annotated[str, BeforeValidator(text(values.web_address))]


class Section(BaseModel):
    """What all parts share: frozen, and no key that is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)
