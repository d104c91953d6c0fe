"""Profiles: forms that ship, forms of earlier years, templates of one's own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings

from aggregator.config.profiles import SHIPPED
from aggregator.errors import IssueError
from aggregator.issue import draft as drafts
from aggregator.issue.house import imprint, in_form, normal, parse, render
from aggregator.issue.house.normal import meaning
from aggregator.model import Issue, IssueSection, Item, Link, PastIssue, Publication, Section
from tests.issue.strategies import issues, texts_at_random

ITEM = Item(
    "A board runs a model",
    "https://a.example/board",
    "Some Site",
    ("CVPR2020",),
    (Link("Code", "code", "https://github.com/a/b"), Link("Paper", "paper", "https://arxiv.org/abs/1911.05289")),
    "It does.\n\nAnd more:\n\n- one\n- two",
)


@pytest.fixture(scope="session")
def digest() -> Publication:
    """An English newsletter in the form that ships for it."""
    return Publication(
        name="Edge Weekly",
        tagline="Small devices, large models",
        language="en",
        time_zone="UTC",
        base_url="https://edge.example/",
        sections=(Section("news", "News"), Section("papers", "Papers"), Section("code", "Code")),
        profile=replace(SHIPPED["digest-en"], ids={"Mastodon": "@edge"}, licence="CC BY 4.0"),
    )


def made(digest: Publication) -> Issue:
    sections = (IssueSection("News", "news", (ITEM, replace(ITEM, title="Two", url="https://a.example/2", summary="Short."))),)
    return Issue(
        "2026-09-02",
        date(2026, 9, 2),
        name=digest.name,
        headline='A "board"',
        tagline=digest.tagline,
        lead="2 worth your time.",
        sections=sections,
        footer=imprint(digest.profile),
    )


def test_the_digest_has_a_shape_of_its_own(digest: Publication) -> None:
    text = render(made(digest), digest)
    assert text.startswith('---\nlayout: post\ntitle: "Edge Weekly (2026-09-02): A \\"board\\""\ndate: 2026-09-02\n---\n\n')
    assert '# Edge Weekly, 2026-09-02: A "board"\n' in text
    assert "\nIn this issue: 2 worth your time.\n" in text
    head = "### [CVPR2020] [A board runs a model](https://a.example/board) — Some Site\n\n"
    assert f"{head}Code: <https://github.com/a/b>  \nPaper: <https://arxiv.org/abs/1911.05289>\n\nIt does.\n\nAnd more:\n" in text
    assert text.endswith("- Mastodon: @edge\n\nPublished under [CC BY 4.0](https://creativecommons.org/licenses/by/4.0/).\n")
    read = parse(text, publication=digest, path="2026-09-02.md")
    assert read.findings == ()
    assert meaning(read.issue) == meaning(made(digest))


@given(issue=issues)
@settings(deadline=None, max_examples=40)
def test_an_issue_in_it_reads_back_as_it_is(digest: Publication, issue: Issue) -> None:
    once = normal(issue, digest)
    assert meaning(parse(render(once, digest), publication=digest).issue) == meaning(once)
    assert len(once.items) == len(issue.items)


@given(text=texts_at_random)
@settings(deadline=None, max_examples=50)
def test_a_text_in_it_is_written_back_byte_for_byte(digest: Publication, text: str) -> None:
    issue = parse(text, publication=digest).issue
    assert render(issue, digest) == (text or render(issue, digest))


@given(before=issues, after=issues)
@settings(deadline=None, max_examples=25)
def test_any_change_in_it_is_written(digest: Publication, before: Issue, after: Issue) -> None:
    text = render(normal(before, digest), digest)
    changed = normal(replace(after, slug=before.slug), digest)
    written = render(replace(changed, verbatim=text), digest)
    assert meaning(normal(parse(written, publication=digest).issue, digest)) == meaning(changed)


def test_a_date_that_slips_is_told_in_the_front_matter(digest: Publication) -> None:
    text = render(made(digest), digest)
    issue = parse(text, publication=digest).issue
    moved = render(replace(issue, date=date(2026, 9, 4)), digest)
    assert "date: 2026-09-04\n" in moved
    assert moved == text.replace("2026-09-02", "2026-09-04")


def test_what_is_configured_later_reaches_the_open_draft(publication: Publication) -> None:
    draft = drafts.new_draft(publication)
    profile = replace(publication.profile, notes=("注：新的。",), ids={"微信": "edge"}, licence="CC BY-SA 4.0", footer="")
    later = drafts.prefill(draft, replace(publication, tagline="又一句", profile=profile))
    assert (later.tagline, later.notes) == ("又一句", ("注：新的。",))
    assert later.footer.startswith("- 微信: edge\n\n本简报以 [CC BY-SA 4.0](https://creativecommons.org/licenses/by-sa/4.0/)")


# ---------------------------------------------------------------- earlier years


@pytest.fixture
def years(publication: Publication) -> Publication:
    old = replace(publication.profile, slug="old", past_issues="list", until=date(2020, 1, 31), title="旧名")
    odd = replace(publication.profile, slug="odd", summary_label="一句话", lead_label="本期看点", past_issues="none")
    return replace(publication, profile=replace(publication.profile, slug="new", past_issues="table"), former=(odd, old))


def test_an_earlier_form_is_known_by_its_last_day(years: Publication) -> None:
    assert in_form("# 边缘周记 (2019-05-01)\n", years).profile.slug == "old"
    assert in_form("# 边缘周记 (2024-05-01)\n", years).profile.slug == "new"
    assert in_form("# 边缘周记\n", years).profile.slug == "new"


def test_or_by_its_marks(years: Publication) -> None:
    text = (
        "# 边缘周记 (2024-05-01)\n\n本期看点：本期1条。\n\n## 论文\n\n- [题 | 某处](https://a.example/)  \n一句话：说了一件事。\n"
    )
    assert in_form(text, years).profile.slug == "odd"
    issue = parse(text, publication=years).issue
    assert (issue.lead, issue.items[0].summary) == ("本期1条。", "说了一件事。")
    assert render(issue, years) == text


def test_an_amended_issue_keeps_its_form(years: Publication) -> None:
    text = "# 旧名 (2019-05-01)\n\n## 论文\n\n- [题 | 某处](https://a.example/)  \n摘要：说了一件事。\n"
    issue = parse(text, publication=years).issue
    changed = replace(issue, past_issues=(PastIssue("2019-04-01", "2019-04-01.md"),))
    assert "- [2019-04-01](2019-04-01.md)" in render(changed, years)


# ---------------------------------------------------------------- templates


def using(publication: Publication, **templates: str) -> Publication:
    return replace(publication, profile=replace(publication.profile, templates=templates))


def test_a_template_of_ones_own(publication: Publication) -> None:
    text = (
        "* {% for tag in tags %}[{{ tag }}] {% endfor %}[{{ title }}{% if source %}{{ bar }}{{ source }}{% endif %}]({{ url }})\n"
    )
    own = using(publication, item=text + "{% for line in summary + links %}\n{{ line }}\n{% endfor %}\n")
    issue = Issue("draft", name="边缘周记", sections=(IssueSection("论文", "papers", (ITEM,)),))
    printed = render(normal(issue, own), own)
    assert printed.index("摘要：It does.") < printed.index("Code：<https://github.com/a/b>")
    assert parse(printed, publication=own).issue.items[0].links == ITEM.links


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("- {{ title", "unexpected end of template"),
        ("- {{ titel }}", "titel"),
        ("\n- {{ title.__class__.__mro__ }}", "unsafe"),
        ("{% for n in range(10000000) %}x{% endfor %}", "range"),
        ("{{ 1 / 0 }}", "division"),
        ("{% include 'nothing.md.j2' %}", "nothing.md.j2"),
    ],
)
def test_a_bad_template_says_what_is_wrong(publication: Publication, template: str, why: str) -> None:
    with pytest.raises(IssueError) as caught:
        render(Issue("draft", name="x", sections=(IssueSection("论文", "papers", (ITEM,)),)), using(publication, item=template))
    error = caught.value
    assert error.code == "E514"
    assert error.place is not None
    assert (error.place.path, bool(error.place.line)) == ("item.md.j2", True)
    assert why.casefold() in (error.why or "").casefold()


@pytest.mark.parametrize(
    ("lost", "part", "template"),
    [
        ("sources of items", "item", "- [{{ title }}]({{ url }})\n{% for line in links + summary %}\n{{ line }}\n{% endfor %}\n"),
        ("headline", "heading", "# {{ dated }}\n"),
        ("footer", "footer", ""),
    ],
)
def test_a_template_that_loses_something_is_refused(publication: Publication, lost: str, part: str, template: str) -> None:
    own = using(publication, **{part: template})
    with pytest.raises(IssueError) as caught:
        render(drafts.new_draft(own), own)
    assert lost in caught.value.what


def test_a_published_issue_is_printed_by_the_templates(digest: Publication) -> None:
    draft = drafts.add_item(drafts.new_draft(digest), ITEM, "news")
    stamped = drafts.stamp(
        drafts.prefill(draft, digest),
        digest,
        date=date(2026, 9, 2),
        number=1,
        past=(),
        now=datetime(2026, 9, 2, tzinfo=UTC),
        guid="g",
    )
    assert "# Edge Weekly, 2026-09-02\n" in render(stamped, digest)
