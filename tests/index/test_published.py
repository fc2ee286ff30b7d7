"""Builds in a database and builds in a folder behave alike, and answer alike."""

import shutil
from contextlib import AbstractContextManager
from pathlib import Path

import psycopg
import pytest

from rag import cli
from rag.errors import BusyError, SettingsError, StoreError
from rag.evaluation.checks import check
from rag.evaluation.judgements import read_judged
from rag.index import library as libraries
from rag.index.builds import locked
from rag.index.library import library_of
from rag.index.manifest import FORMAT
from rag.index.publishing import schema_of
from rag.loading import build, load, refresh
from rag.retrieval.database import database
from rag.settings import Settings, read_settings
from tests.benchmarks.same import differing
from tests.conftest import ROOT
from tests.handmade import THREE, write_guides
from tests.postgres import Cluster

JUDGED = ROOT / "tests" / "judgements"

pytestmark = pytest.mark.model


def settings_of(folder: Path, model: Path, store: str) -> Settings:
    """Settings of a corpus of two small guides."""
    write_guides(folder / "corpus")
    return read_settings(corpus=folder / "corpus", index=folder / "index", model=str(model), store=store)


class TestLibrary:
    """What both kinds of library do."""

    @pytest.fixture(params=["folder", "postgres"])
    def place(self, request: pytest.FixtureRequest, tmp_path: Path, tiny_model: Path) -> Settings:
        store = request.getfixturevalue("postgres") if request.param == "postgres" else "index"
        return settings_of(tmp_path, tiny_model, store)

    def test_nothing_is_there_before_the_first_build(self, place: Settings) -> None:
        library = library_of(place)
        assert library.current_id() is None and library.stamp() is None and library.builds() == []
        for failing in (library.manifest, library.load):
            with pytest.raises(StoreError, match="verbatim build"):
                failing()

    def test_a_build_becomes_the_current_one_and_answers(self, place: Settings) -> None:
        first = build(place)
        library = library_of(place)
        assert library.manifest().id == first.id
        assert first.changed and library.current_id() == first.id
        pipeline = load(place)
        answer = pipeline.ask("What does a Pilot do?")
        assert (answer.status, answer.index.id, answer.index.documents) == ("answered", first.id, 2)
        assert refresh(pipeline, place) is pipeline and not build(place).changed

    def test_builds_are_listed_switched_and_pruned(self, place: Settings) -> None:
        first = build(place)
        pipeline, library = load(place), library_of(place)
        before = library.stamp()
        write_guides(place.corpus, THREE)
        second = build(place)
        assert library.stamp() not in (before, None)
        listed = [(one.id, one.current, one.documents) for one in library.builds()]
        assert listed == [(second.id, True, 3), (first.id, False, 2)]
        assert all(one.bytes > 10_000 for one in library.builds())
        assert refresh(pipeline, place).index.info.id == second.id
        assert pipeline.ask("What does a Pilot do?").index.id == first.id  # answers under way go on
        assert library.use(first.id[7:20]).id == library.current_id() == load(place).index.info.id == first.id
        for prefix in ("", "sha256:zz"):
            with pytest.raises(StoreError, match="is no build"):
                library.use(prefix)
        assert library.prune(1) == [] and library.prune(0) == [second.id]
        assert [one.id for one in library.builds()] == [first.id]

    def test_one_process_at_a_time_changes_builds(self, place: Settings) -> None:
        id = build(place).id
        held: AbstractContextManager[object] = database(place.database).locked() if place.database else locked(place.index)
        with held, pytest.raises(BusyError, match="try again"):
            library_of(place).use(id)


def in_folder(published: Settings) -> Settings:
    """The settings of the folder that was published."""
    return published.model_copy(update={"store": "index"})


@pytest.fixture
def published(tmp_path: Path, tiny_model: Path, postgres: str) -> Settings:
    """A small corpus that is built and published."""
    settings = settings_of(tmp_path, tiny_model, postgres)
    build(settings)
    return settings


def test_what_is_published_has_the_rows_of_the_folder(published: Settings) -> None:
    here, there = load(published).index, load(in_folder(published)).index
    assert here.info == there.info and here.vocabulary == there.vocabulary and here.sections == there.sections
    assert list(here.passages) == list(there.passages) and dict(here.documents) == dict(there.documents)
    assert dict(here.outlines) == dict(there.outlines) and here.groups.tolist() == there.groups.tolist()
    assert here.encoder.parent == published.model_cache / "served"


def test_judged_questions_have_the_answers_of_the_folder(guides_settings: Settings, postgres: str) -> None:
    """Every sixth; `python -m tests.benchmarks.same` asks all."""
    judged = [one for file in sorted(JUDGED.glob("*-*.jsonl")) for one in read_judged(file)][::6]
    assert len(judged) > 20 and differing(guides_settings, judged, postgres) == []


def test_a_publishing_that_is_interrupted_leaves_nothing(published: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    before = library_of(published).builds()
    write_guides(published.corpus, THREE)
    monkeypatch.setattr("rag.index.published.switch", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        build(published)
    monkeypatch.undo()
    assert library_of(published).builds() == before
    build(published)  # nothing is built again, what was built is published
    assert len(library_of(published).builds()) == 2


def test_an_encoder_that_was_changed_on_this_machine_is_fetched_again(published: Settings, tmp_path: Path) -> None:
    own = published.model_copy(update={"model_cache": tmp_path / "cache"})  # servers of other tests have mapped the shared one
    folder = load(own).index.encoder
    largest = max(folder.iterdir(), key=lambda file: file.stat().st_size)
    before = largest.read_bytes()
    largest.write_bytes(b"another")
    assert load(own).index.encoder == folder and largest.read_bytes() == before
    shutil.rmtree(folder)
    assert load(own).ask("What does a Pilot do?").status == "answered"


def test_what_was_published_is_checked(published: Settings) -> None:
    found, plain = check(published), check(in_folder(published))
    assert found.good and found.checks[0].examined
    assert [(one.name, one.findings) for one in found.checks] == [(one.name, one.findings) for one in plain.checks]
    assert [one.examined for one in found.checks][1:] == [one.examined for one in plain.checks][1:]


@pytest.mark.parametrize(
    ("damage", "where"),
    [
        ("delete from {schema}.documents where row = 0", "table documents"),
        ("update {schema}.tokens set states = set_byte(states, 3, get_byte(states, 3) # 1) where row = 1", "table tokens"),
        ("update {schema}.units set embedding = embedding + embedding where row = 1", "table units"),
        ("update {schema}.stems set weights = substring(weights from 5) where stem = 'pilot'", "table stems"),
        ("update verbatim_encoders set bytes = bytes || '1' where file = 'tokenizer.json'", "encoder file tokenizer.json"),
    ],
)
def test_what_was_changed_in_a_database_is_named(published: Settings, damage: str, where: str) -> None:
    with psycopg.connect(published.database) as connection:
        schema = schema_of(library_of(published).manifest().id)
        assert connection.execute(damage.replace("{schema}", schema).encode()).rowcount == 1
    files = check(published).checks[0]
    assert [(one.severity, one.where) for one in files.findings] == [("error", where)]
    assert files.findings[0].message == "has changed since it was published; run `verbatim build`"


def test_a_build_of_another_format_is_refused_with_what_to_do(published: Settings) -> None:
    with psycopg.connect(published.database) as connection:
        connection.execute("update verbatim_builds set format = format - 1")
    with pytest.raises(StoreError, match=f"has format {FORMAT - 1}, this program reads {FORMAT}; run `verbatim build`"):
        load(published)
    assert library_of(published).builds() == []
    build(published)  # what is current there is not what this program reads
    load(published)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"password": "wrong"}, "password authentication failed"),
        ({"user": "nobody"}, "password authentication failed"),
        ({"database": "elsewhere"}, 'database "elsewhere" does not exist'),
    ],
)
def test_what_is_wrong_with_an_address_is_told_in_a_line(
    cluster: Cluster, tmp_path: Path, change: dict[str, str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    url = cluster.url(**change)
    with pytest.MonkeyPatch.context() as environment, pytest.raises(SystemExit) as ended:
        environment.setenv("VERBATIM_STORE", url)
        cli.main(["serve", "--index", str(tmp_path)])
    told = capsys.readouterr().err
    assert ended.value.code == 1 and told.count("\n") == 1 and reason in told
    assert "a%20pass" not in told and "wrong" not in told


def test_a_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    settings = read_settings(index=tmp_path, store="postgresql://me:secret@127.0.0.1:9/none")
    with pytest.raises(StoreError, match=r"database none at 127\.0\.0\.1 cannot be reached") as told:
        load(settings)
    assert "secret" not in str(told.value)


def test_a_database_without_pgvector_is_told(cluster: Cluster, postgres: str, tmp_path: Path) -> None:
    name = postgres.rpartition("/")[2]
    with psycopg.connect(cluster.url(), autocommit=True) as connection:
        connection.execute(f"create role r{name} login password 'p'")
    try:
        settings = read_settings(index=tmp_path, store=cluster.url(user=f"r{name}", password="p", database=name))
        with pytest.raises(StoreError, match=r"has no pgvector .*create extension vector"):
            load(settings)
    finally:
        database(settings.database).close()
        with psycopg.connect(cluster.url(), autocommit=True) as connection:
            connection.execute(f"drop role r{name}")


def test_settings_name_a_folder_or_a_database_and_hide_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_settings().database == ""
    with pytest.raises(SettingsError, match="VERBATIM_STORE") as told:
        read_settings(store="mysql://me:secret@host/name")
    assert "secret" not in str(told.value)
    monkeypatch.setattr(libraries, "find_spec", lambda _: None)
    with pytest.raises(SettingsError, match=r"pip install '\.\[postgres\]'"):
        library_of(read_settings(store="postgresql://me@host/name"))
