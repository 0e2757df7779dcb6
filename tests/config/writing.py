"""Configurations for tests, written to real files: a good one, and ways to spoil it."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from bridge.config.loading import load_config
from bridge.config.settings import Config
from bridge.domain.problems import InvalidInput

AS_TOKEN = "as-" + "a1B2c3D4" * 5
HS_TOKEN = "hs-" + "z9Y8x7W6" * 5
ENV = {"PARVIS_AS_TOKEN": AS_TOKEN, "PARVIS_HS_TOKEN": HS_TOKEN, "DATA_KEY": "A" * 43, "AUDIT_KEY": "E" + "A" * 42}

GOOD = """\
homeserver:
  address: http://127.0.0.1:8008
  server_name: corp.example
appservice:
  listen: 127.0.0.1:29400
  as_token: env:PARVIS_AS_TOKEN
  hs_token: env:PARVIS_HS_TOKEN
directory: {path: directory.yaml}
admins: ["@ines:corp.example"]
secrets: {data_key: env:DATA_KEY, audit_key: env:AUDIT_KEY}
"""


def load(folder: Path, text: str = GOOD, env: Mapping[str, str] = ENV) -> Config:
    path = folder / "config.yaml"
    path.write_text(text)
    return load_config(path, env)


def complaints(folder: Path, text: str, env: Mapping[str, str] = ENV) -> list[str]:
    """The problems of a configuration, without the folder before each."""
    with pytest.raises(InvalidInput) as caught:
        load(folder, text, env)
    assert not any(secret in str(problem) for problem in caught.value.problems for secret in env.values())
    return [str(problem).removeprefix(f"{folder}/") for problem in caught.value.problems]
