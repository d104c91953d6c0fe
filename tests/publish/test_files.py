"""Documents -> files, on a real file system: whole, only what changed, nothing lost that is not ours."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import html5lib
import pytest
from lxml import etree

from aggregator.errors import PublishError
from aggregator.model import Document
from aggregator.publish import staging
from aggregator.publish.files import FilesReport, write_documents
from aggregator.publish.formats import documents
from aggregator.publish.manifest import HIDDEN_MANIFEST, JOURNAL, MANIFEST
from tests.publish.sample import ISSUES, PUBLICATION, house_print


def _document(path: str, text: str = "内容") -> Document:
    return Document(path, "text/plain", text.encode())


def _tree(root: Path) -> dict[str, str]:
    return {str(p.relative_to(root)): p.read_text() for p in sorted(root.rglob("*")) if p.is_file() and p.name != MANIFEST}


def _python(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)], env=environment, capture_output=True, text=True, check=False
    )


def test_writes_what_is_new_and_says_so(tmp_path: Path) -> None:
    root = tmp_path / "feeds"
    report = write_documents(root, [_document("feed.xml"), _document("issues/2026-01-01/index.html")])
    assert report == FilesReport(written=("feed.xml", "issues/2026-01-01/index.html"))
    assert _tree(root) == {"feed.xml": "内容", "issues/2026-01-01/index.html": "内容"}
    assert not (root / JOURNAL).exists()


def test_a_second_run_touches_nothing(tmp_path: Path) -> None:
    documents = [_document("feed.xml"), _document("issues/a.md")]
    write_documents(tmp_path, documents)
    for path in tmp_path.rglob("*"):
        if path.is_file():
            os.utime(path, (1, 1))
    report = write_documents(tmp_path, documents)
    assert report == FilesReport(unchanged=("feed.xml", "issues/a.md"))
    assert {path.stat().st_mtime for path in tmp_path.rglob("*") if path.is_file()} == {1.0}


def test_only_what_changed_is_written(tmp_path: Path) -> None:
    write_documents(tmp_path, [_document("a.xml"), _document("b.xml")])
    report = write_documents(tmp_path, [_document("a.xml"), _document("b.xml", "neu")])
    assert report == FilesReport(written=("b.xml",), unchanged=("a.xml",))


def test_what_is_no_longer_made_goes_and_what_is_not_ours_stays(tmp_path: Path) -> None:
    write_documents(tmp_path, [_document("a.xml"), _document("old/index.html"), _document("kept/index.html")])
    (tmp_path / "CNAME").write_text("letters.example.org")
    (tmp_path / "kept" / "picture.png").write_text("png")
    report = write_documents(tmp_path, [_document("a.xml")])
    assert report.removed == ("kept/index.html", "old/index.html")
    assert _tree(tmp_path) == {"CNAME": "letters.example.org", "a.xml": "内容", "kept/picture.png": "png"}
    assert not (tmp_path / "old").exists()


def test_markdown_changed_by_hand_is_reported_until_told_otherwise(tmp_path: Path) -> None:
    write_documents(tmp_path, [_document("issues/a.md", "eins")])
    (tmp_path / "issues" / "a.md").write_text("von Hand")
    for _ in range(2):
        assert write_documents(tmp_path, [_document("issues/a.md", "zwei")]) == FilesReport(edited=("issues/a.md",))
    assert _tree(tmp_path) == {"issues/a.md": "von Hand"}
    assert write_documents(tmp_path, [_document("issues/a.md", "zwei")], overwrite=True).written == ("issues/a.md",)
    assert write_documents(tmp_path, [_document("issues/a.md", "drei")]).written == ("issues/a.md",)


def test_an_edited_file_that_is_no_longer_made_stays(tmp_path: Path) -> None:
    write_documents(tmp_path, [_document("issues/a.md", "eins")])
    (tmp_path / "issues" / "a.md").write_text("von Hand")
    assert write_documents(tmp_path, []) == FilesReport(edited=("issues/a.md",))
    assert _tree(tmp_path) == {"issues/a.md": "von Hand"}
    assert write_documents(tmp_path, [], overwrite=True).removed == ("issues/a.md",)


def test_a_damaged_page_is_made_anew(tmp_path: Path) -> None:
    write_documents(tmp_path, [_document("feed.xml", "ganz")])
    (tmp_path / "feed.xml").write_text("gan")
    assert write_documents(tmp_path, [_document("feed.xml", "ganz")]).written == ("feed.xml",)
    assert _tree(tmp_path) == {"feed.xml": "ganz"}


def test_a_file_that_stood_there_before_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "robots.txt").write_text("mine")
    (tmp_path / "index.html").write_text("mine")
    documents = [_document("robots.txt"), _document("index.html"), _document("feed.xml")]
    for _ in range(2):
        assert write_documents(tmp_path, documents).edited == ("robots.txt", "index.html")
    assert _tree(tmp_path)["index.html"] == "mine"
    assert write_documents(tmp_path, [_document("feed.xml")]).removed == ()
    assert write_documents(tmp_path, documents, overwrite=True).written == ("robots.txt", "index.html")


def test_a_manifest_that_cannot_be_read_stops_no_feed(tmp_path: Path) -> None:
    write_documents(tmp_path, [_document("feed.xml", "eins"), _document("issues/a.md", "eins")])
    (tmp_path / MANIFEST).write_text('{"files": {"feed')
    report = write_documents(tmp_path, [_document("feed.xml", "zwei"), _document("issues/a.md", "zwei")])
    assert report == FilesReport(written=("feed.xml",), edited=("issues/a.md",))


@pytest.mark.parametrize(
    "path",
    [
        "../feed.xml",
        "/etc/feed.xml",
        "a/../../b",
        "a//b",
        "",
        ".",
        "a\\b",
        "C:/b",
        "a\x00b",
        "a\nb",
        "x" * 201,
        MANIFEST,
        "sections/.aggregator-x/feed.xml",
    ],
)
def test_no_path_leaves_the_folder(tmp_path: Path, path: str) -> None:
    root = tmp_path / "feeds"
    with pytest.raises(PublishError) as caught:
        write_documents(root, [_document(path)])
    assert caught.value.code == "E602"
    assert _tree(tmp_path) == {}


def test_no_link_leads_out_of_the_folder(tmp_path: Path) -> None:
    root, elsewhere = tmp_path / "feeds", tmp_path / "elsewhere"
    root.mkdir()
    elsewhere.mkdir()
    (elsewhere / "file.xml").write_text("theirs")
    (root / "issues").symlink_to(elsewhere)
    (root / "feed.xml").symlink_to(elsewhere / "file.xml")
    for path in ("issues/file.xml", "feed.xml"):
        with pytest.raises(PublishError) as caught:
            write_documents(root, [_document(path)])
        assert caught.value.code == "E602"
    assert (elsewhere / "file.xml").read_text() == "theirs"


def test_the_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "www").mkdir()
    (tmp_path / "feeds").symlink_to(tmp_path / "www")
    write_documents(tmp_path / "feeds", [_document("feed.xml")])
    assert (tmp_path / "www" / "feed.xml").read_text() == "内容"


def test_a_folder_where_a_file_has_to_be(tmp_path: Path) -> None:
    (tmp_path / "feed.xml").mkdir()
    with pytest.raises(PublishError):
        write_documents(tmp_path, [_document("feed.xml")])
    (tmp_path / "feeds").write_text("a file")
    with pytest.raises(PublishError) as caught:
        write_documents(tmp_path / "feeds", [_document("feed.xml")])
    assert caught.value.code == "E603"


def test_two_documents_of_one_path_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(PublishError) as caught:
        write_documents(tmp_path, [_document("a.xml", "eins"), _document("a.xml", "zwei")])
    assert caught.value.code == "E604"


def test_a_disk_that_takes_no_more_leaves_the_old_files(tmp_path: Path) -> None:
    write_documents(tmp_path, [_document("a.xml", "alt"), _document("b.xml", "alt")])
    code = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from aggregator.errors import PublishError\n"
        "from aggregator.model import Document\n"
        "from aggregator.publish.files import write_documents\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))\n"
        "try: write_documents(Path(sys.argv[1]), [Document('a.xml', '', b'neu'), Document('b.xml', '', b'x' * 9000)])\n"
        "except PublishError as error: print(error.code, error.what, '|', error.why, '|', error.fix)"
    )
    run = _python(code, tmp_path)
    assert run.stderr == ""
    assert run.stdout.startswith(f"E603 cannot write {tmp_path / 'b.xml'} | File too large | ")
    assert _tree(tmp_path) == {"a.xml": "alt", "b.xml": "alt"}
    assert write_documents(tmp_path, [_document("a.xml", "neu"), _document("b.xml", "neu")]).written == ("a.xml", "b.xml")


def test_a_folder_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    write_documents(tmp_path, [_document("a.xml", "alt")])
    tmp_path.chmod(0o555)
    code = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from aggregator.errors import PublishError\n"
        "from aggregator.model import Document\n"
        "from aggregator.publish.files import write_documents\n"
        "if os.geteuid() == 0: os.seteuid(65534)\n"
        "try: write_documents(Path(sys.argv[1]), [Document('a.xml', '', b'neu')])\n"
        "except PublishError as error: print(error.code, error.why, '|', error.fix)"
    )
    parents = [parent for parent in tmp_path.parents if os.geteuid() == 0 and not parent.stat().st_mode & 0o001]
    modes = [parent.stat().st_mode for parent in parents]
    try:
        for parent in parents:
            parent.chmod(0o755)
        run = _python(code, tmp_path)
    finally:
        for parent, mode in zip(parents, modes, strict=True):
            parent.chmod(mode)
        tmp_path.chmod(0o755)
    assert run.stderr == ""
    assert run.stdout == "E603 Permission denied | make it writable for the user who publishes\n"
    assert _tree(tmp_path) == {"a.xml": "alt"}


def test_the_record_of_an_earlier_version_is_taken_over(tmp_path: Path) -> None:
    write_documents(tmp_path, [_document("a.md", "alt"), _document("b.md")])
    (tmp_path / MANIFEST).rename(tmp_path / HIDDEN_MANIFEST)
    report = write_documents(tmp_path, [_document("a.md", "neu")])
    assert (report.written, report.removed, report.edited) == (("a.md",), ("b.md",), ())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.md", MANIFEST]


def test_a_run_that_was_killed_is_completed_by_the_next(tmp_path: Path) -> None:
    def documents(text: str) -> list[Document]:
        return [_document(f"issues/{number}.md", f"{text} {number}") for number in range(200)]

    write_documents(tmp_path, documents("alt"))
    code = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from aggregator.model import Document\n"
        "from aggregator.publish import staging\n"
        "from aggregator.publish.files import write_documents\n"
        "real, moved = staging.move, []\n"
        "def move(*places):\n"
        "    moved.append(places)\n"
        "    if len(moved) == 150: os._exit(9)\n"
        "    real(*places)\n"
        "staging.move = move\n"
        "write_documents(Path(sys.argv[1]), [Document(f'issues/{n}.md', '', f'neu {n}'.encode()) for n in range(200)])"
    )
    assert _python(code, tmp_path).returncode == 9
    (tmp_path / "issues" / ".aggregator-0123.tmp").write_text("half a fi")
    texts = [text.split()[0] for name, text in _tree(tmp_path / "issues").items() if not name.startswith(".")]
    assert (texts.count("neu"), texts.count("alt")) == (149, 51)
    # What the killed run wrote is known as ours, though the manifest was never written: it is no edit by hand.
    report = write_documents(tmp_path, documents("neuer"))
    assert report.edited == ()
    assert len(report.written) == 200
    assert set(_tree(tmp_path)) == {f"issues/{number}.md" for number in range(200)}


def _parses(path: Path) -> None:
    body = path.read_bytes()
    if path.suffix in {".xml", ".atom", ".opml"}:
        etree.fromstring(body)
    elif path.suffix == ".json":
        json.loads(body)
    elif path.suffix == ".html":
        html5lib.HTMLParser(strict=True).parse(body.decode())
    assert body


@pytest.mark.slow
def test_killed_at_any_instant_every_file_parses(tmp_path: Path) -> None:
    code = (
        "import itertools, sys\n"
        "from dataclasses import replace\n"
        "from pathlib import Path\n"
        "from aggregator.publish.files import write_documents\n"
        "from aggregator.publish.formats import documents\n"
        "from tests.publish.sample import ISSUES, PUBLICATION, house_print\n"
        "print('ready', flush=True)\n"
        "for turn in itertools.count():\n"
        "    write_documents(Path(sys.argv[1]), documents(replace(PUBLICATION, name=f'Turn {turn}'), ISSUES, house_print))\n"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    chance = random.Random(5)  # noqa: S311 - the same instants at every run
    for _ in range(10):
        child = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], env=environment, stdout=subprocess.PIPE)
        assert child.stdout is not None
        child.stdout.readline()
        with pytest.raises(subprocess.TimeoutExpired):
            child.wait(chance.uniform(0, 1.5))
        child.kill()
        child.communicate()
        for path in tmp_path.rglob("*"):
            if path.is_file() and not path.name.startswith(".") and path.suffix != ".png":
                _parses(path)
    report = write_documents(tmp_path, documents(PUBLICATION, ISSUES, house_print))
    assert report.edited == ()
    assert not list(tmp_path.rglob(".aggregator-*"))


def test_a_fault_of_a_format_leaves_no_temporary_file(tmp_path: Path) -> None:
    def documents() -> list[Document]:
        return [_document("a.xml"), _document("../b.xml")]

    with pytest.raises(PublishError):
        write_documents(tmp_path, documents())
    assert not list(tmp_path.rglob("*.tmp"))
    assert write_documents(tmp_path, [_document("a.xml")]).edited == ()


def test_a_refusal_halfway_puts_the_old_files_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_documents(tmp_path, [_document(f"{name}.xml", "alt") for name in "abcd"])
    before = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    real, moved = staging.move, []

    def move(temporary: Path, target: Path) -> None:
        moved.append(target)
        if len(moved) == 4:
            temporary.unlink()
            raise PublishError("cannot write", code="E603")
        real(temporary, target)

    with monkeypatch.context() as patched:
        patched.setattr(staging, "move", move)
        with pytest.raises(PublishError):
            write_documents(tmp_path, [_document(f"{name}.xml", "neu") for name in ("new/x", *"abcd")])
    assert len(moved) == 4
    (tmp_path / JOURNAL).unlink()
    assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before
    report = write_documents(tmp_path, [_document(f"{name}.xml", "neu") for name in "abcd"])
    assert len(report.written) == 4


def test_a_file_that_is_saved_while_documents_are_made_is_let_be(tmp_path: Path) -> None:
    write_documents(tmp_path, [_document("a.md", "alt"), _document("b.md", "alt"), _document("c.xml", "alt")])

    def made() -> Iterator[Document]:
        yield from (_document("a.md", "neu"), _document("b.md", "neu"), _document("c.xml", "neu"))
        yield from (_document(f"{number}.xml") for number in range(70))
        for name in ("a.md", "c.xml"):
            (tmp_path / name).write_text("von Hand")

    report = write_documents(tmp_path, made())
    assert report.edited == ("a.md",)
    assert {"b.md", "c.xml"} <= set(report.written)
    assert [(tmp_path / name).read_text() for name in ("a.md", "b.md", "c.xml")] == ["von Hand", "neu", "neu"]
    assert write_documents(tmp_path, made()).edited == ("a.md",)
