"""The settings, read once from the environment and the flags that override it."""

import os
import re
import tempfile
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from rag.errors import SettingsError

_HASHES = r"^([0-9a-f]{64}(\s*,\s*[0-9a-f]{64})*)?$"
_SECRET = {"api_keys", "admin_token"}
_ORIGIN = re.compile(r"(https?://(?:[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:]+\]))(:\d{1,5})?")


def _model_cache() -> Path:
    """The user's folder for what can be made again, by the XDG rules; of a user without a home, one that may not last."""
    home = os.path.expanduser("~")
    cache = os.environ.get("XDG_CACHE_HOME") or (os.path.join(home, ".cache") if home != "~" else tempfile.gettempdir())
    return Path(cache) / "verbatim"


class Settings(BaseSettings):
    """Every setting, its unit and its default; `VERBATIM_<NAME>` in the environment sets one, a flag wins over it."""

    model_config = SettingsConfigDict(env_prefix="VERBATIM_", frozen=True, extra="forbid")

    corpus: Path = Field(Path("corpus"), description="folder of guides")
    max_file_bytes: int = Field(
        20_000_000, ge=1, description="largest guide taken, in bytes; a packed one may unpack to ten times that"
    )
    guide_seconds: float = Field(60, gt=0, description="CPU seconds that reading one guide may take; one over it is a bad file")
    guide_megabytes: int = Field(
        2000, ge=500, description="memory that reading one guide may take, in MB; one over it is a bad file"
    )
    index: Path = Field(Path("index"), description="folder of built indexes")
    store: str = Field(
        "index",
        pattern=r"^(index|postgres(ql)?://\S+)$",
        description="where answers are served from: `index` is that folder, postgresql://user@host/name a database to share",
    )
    spare_builds: int = Field(2, ge=0, description="builds that `build --watch` and `index prune` keep beside the current one")
    model: str = Field(
        "",
        description="Sentence Transformers model name or path; `fast` is the bundled all-MiniLM-L6-v2, empty all-mpnet-base-v2",
    )
    model_cache: Path = Field(
        default_factory=_model_cache, description="folder where models are exported to; needed to build, not to serve"
    )
    synonyms: Path | None = Field(None, description="operator's synonym file, one `phrase = phrase, phrase` a line")
    precision: Literal["single", "int8"] = Field(
        "int8", description="numbers by which questions are encoded; int8 takes half the time. Build again to change it"
    )
    threads: int = Field(1, ge=1, le=64, description="encoder threads for one question")
    host: str = Field("127.0.0.1", description="address to serve on")
    hosts: str = Field(
        "",
        description="names it is served under beside localhost, this computer's and addresses, comma between; * is any, unsafe",
    )
    origins: str = Field(
        "",
        description="other sites whose pages may ask and frame /embed (https://example.org), comma between; empty is none",
    )
    port: int = Field(8000, ge=0, le=65535, description="port to serve on")
    workers: int = Field(1, ge=1, le=64, description="serving processes")
    cache: int = Field(2048, ge=0, description="answers each process remembers; 0 is none")
    connections: int = Field(
        512, ge=8, description="connections each process holds; of more, the one silent longest is closed for the new one"
    )
    queue: int = Field(128, ge=1, description="questions each process takes in at once; one more gets 503")
    timeout: float = Field(20, gt=0, description="seconds after which a question is given up with 503")
    rate: str = Field(
        "",
        pattern=r"^(\d+/(second|minute|hour|day))?$",
        description="answers and pages a client may ask for, such as 60/minute; empty is 120/minute, and none for this computer",
    )
    trusted_proxies: str = Field("", description="addresses of proxies whose X-Forwarded-For is believed, comma between")
    api_keys: str = Field(
        "", pattern=_HASHES, description="sha256 hashes (hex) of the keys that page and API need, comma between; empty is no key"
    )
    admin_token: str = Field("", pattern=_HASHES, description="sha256 hash (hex) of the token /admin needs; empty is no /admin")
    mcp: bool = Field(False, description="answer MCP clients at /mcp; needs the extra mcp. `verbatim mcp` does without this")
    question_log: Path | None = Field(None, description="folder to keep masked questions in; empty is not to keep them")
    question_days: int = Field(30, ge=1, description="days a kept question stays")
    feedback: Path | None = Field(
        None, description="SQLite file of readers' feedback; empty is readers/feedback.sqlite3 in the index folder"
    )
    feedback_days: int = Field(365, ge=1, description="days a reader's feedback stays")
    product: str = Field("Verbatim", min_length=1, description="name the page shows")
    next_step: str = Field("", description="line under an answer that is left blank, such as: Talk to an adviser; empty is none")
    next_step_link: str = Field(
        "",
        pattern=r"^((https?://|mailto:|tel:|/)[^\s\"<>]+)?$",
        description="address that line leads to (http, https, mailto or tel)",
    )
    privacy: str = Field("", description="line at the foot of every page; empty says what is true of this host")

    @property
    def database(self) -> str:
        """The address of the database that builds are published to; empty where there is none."""
        return "" if self.store == "index" else self.store

    @field_validator("origins")
    @classmethod
    def _as_browsers_send_them(cls, listed: str) -> str:
        """Origins in lower case, without the port that their scheme implies."""
        return ",".join(dict.fromkeys(_origin(one.strip()) for one in listed.split(",") if one.strip()))


def _origin(given: str) -> str:
    found = _ORIGIN.fullmatch(given.lower())
    if not found or int((found[2] or ":0")[1:]) > 65535:
        raise ValueError(f"{given!r} is no origin; write it as https://example.org or http://localhost:8080, without a path")
    return found[1] if found[2] in (":443" if found[1].startswith("https") else ":80", None) else found[0]


def read_settings(**flags: Any) -> Settings:
    """Settings from the environment, overridden by the flags that are not None. Raises SettingsError naming the bad one."""
    try:
        return Settings(**{name: value for name, value in flags.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "settings"
        if name == "store":
            raise SettingsError(
                "Setting store (VERBATIM_STORE) is `index` or the address of a database: postgresql://user@host/name."
            ) from None
        if name in _SECRET:  # what was given may be the key itself
            raise SettingsError(
                f"Setting {name} (VERBATIM_{name.upper()}) takes sha256 hashes; `verbatim key` makes one."
            ) from None
        raise SettingsError(f"Setting {name} (VERBATIM_{name.upper()}): {first['msg']}, got {first.get('input')!r}.") from error
