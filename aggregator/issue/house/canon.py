"""An issue in canonical house form: what is printed for everything that was not read from a text."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from itertools import groupby

from aggregator.issue.house.inline import destination, one_line, safe_inline
from aggregator.issue.house.item import guarded, print_item
from aggregator.issue.house.layout import lay
from aggregator.issue.house.lines import bullet, is_rule, labelled, numbered
from aggregator.model import Issue, IssueSection, IssueStatus, PastIssue, Profile
from aggregator.text import clean, is_cjk

_COLUMNS = 4
_TAGLINE = re.compile(r"^\*\*.+\*\*$")


def print_issue(issue: Issue, profile: Profile, strays: Sequence[str] = ()) -> str:
    """The whole issue; one line end at its end. `strays` are lines that belong to nothing: they follow the last section,
    two blank lines before each."""
    parts = [
        front_matter(issue, profile),
        title(issue, profile),
        tagline(issue.tagline, profile),
        *(note(text, profile) for text in issue.notes if is_font(text)),
        lead(issue.lead, profile, asked=issue.status is IssueStatus.DRAFT or bool(issue.notes)),
        opener(issue.opener, profile),
        "\n".join(brief(text, profile) for text in issue.briefs),
        *(note(text, profile) for text in issue.notes if not is_font(text)),
        *(section(part, profile) for part in issue.sections),
        *(f"\n{text}" for text in strays),
        past(issue.past_issues, profile),
        footer(issue.footer, profile),
    ]
    return lay(profile, "issue", parts=parts, issue=issue) + "\n"


def front_matter(issue: Issue, profile: Profile) -> str:
    """The front matter between its fences, title, date and headline filled in as YAML texts."""
    text = profile.front_matter.strip()
    values = {"title": issue.title, "date": issue.date.isoformat() if issue.date else None, "headline": issue.headline}
    for name, value in values.items():
        shown = "" if value is None else value if name == "date" else json.dumps(one_line(value), ensure_ascii=False)
        text = text.replace(f"{{{name}}}", shown)
    return lay(profile, "front", front_matter=text)


def title(issue: Issue, profile: Profile) -> str:
    """The heading: name, date, headline, as far as each is known."""
    name, headline = safe_inline(one_line(issue.name)), safe_inline(one_line(issue.headline))
    dated = name
    if issue.date:
        dated = profile.heading.replace("{name}", name).replace("{date}", issue.date.isoformat()).lstrip()
    if not dated and not headline:
        return ""
    colon = "：" if is_cjk(dated + headline) else ": "
    text = _unclosed(f"{dated}\n{headline}" if headline else dated)
    dated, _, headline = text.partition("\n")
    return lay(profile, "heading", dated=dated, headline=headline, colon=colon)


def _unclosed(text: str) -> str:
    """A heading's text whose last `#` is no closing mark."""
    return re.sub(r"(^|\s)(#+)$", r"\1\\\2", text)


def tagline(text: str, profile: Profile) -> str:
    """The tagline in bold."""
    text = safe_inline(one_line(text)).replace("**", "").strip()
    return lay(profile, "tagline", tagline=text) if text else ""


def is_font(text: str) -> bool:
    """True for a note that is HTML of its own."""
    return text.lstrip().lower().startswith("<font")


def note(text: str, profile: Profile, *, of_section: bool = False) -> str:
    """A note as a quotation; one that is HTML stays as it is."""
    lines = [re.sub(r"^>[ \t]?", "", line) for line in _lines(text)]
    if not lines:
        return ""
    if is_font(text):
        return " ".join(line for line in lines if line)
    hidden = profile.spellings.get("lead", ()) if of_section else profile.labels("lead")
    first = _disguised(lines[0]) if labelled(lines[0], hidden) and not _is_note(lines[0], profile) else lines[0]
    return lay(profile, "note", lines=[first, *(_disguised(line) if _is_note(line, profile) else line for line in lines[1:])])


def _is_note(line: str, profile: Profile) -> bool:
    return labelled(line, profile.labels("note"))


def lead(text: str, profile: Profile, *, asked: bool) -> str:
    """The lead behind its label. An empty one is printed where it is `asked` for: in a draft, to be filled in, and before
    notes that would else be taken for it."""
    label = f"{profile.lead_label}{profile.colon}" if profile.lead_label else ""
    lines = _lines(text)
    if profile.lead_form == "paragraph":
        # No blank lines: a paragraph of its own would pass for a note.
        lines = [line if at == 0 else guarded(_unlisted(line)) for at, line in enumerate(line for line in lines if line)]
    if not lines:
        return lay(profile, "lead", lines=[label.rstrip()]) if asked else ""
    rest = (_disguised(line) if _is_note(line, profile) else line for line in lines[1:])
    return lay(profile, "lead", lines=[label + lines[0], *rest])


def _disguised(line: str) -> str:
    """A line that shows the same but that no reader takes for the label of something."""
    return f"&#{ord(line[0])};{line[1:]}"


def opener(text: str, profile: Profile) -> str:
    """The line before the briefs."""
    lines = [guarded(_unlisted(line)) for line in _lines(text) if line]
    if not lines:
        return ""
    labels = profile.spellings.get("lead", ())
    if _TAGLINE.match(lines[0]) or labelled(lines[0], labels) or lines[0].startswith(profile.lead_label or "\0"):
        lines[0] = _disguised(lines[0])
    return lay(profile, "opener", lines=lines)


def brief(text: str, profile: Profile) -> str:
    """One brief behind its bullet."""
    lines = [line.strip() for line in _lines(text) if line.strip()]
    first = lines[0] if lines else ""
    if is_rule(f"- {first}") or is_rule(first):
        first = "\\" + first
    rest = ["  " + _unlisted(line) for line in lines[1:]]
    return lay(profile, "brief", lines=[first, *rest]).rstrip()


def _unlisted(line: str) -> str:
    """A line that no reader takes for another bullet."""
    if bullet(line) is None and numbered(line) is None:
        return guarded(line)
    return re.sub(r"^(\d+)([.)])", r"\1\\\2", line) if line[:1].isdigit() else "\\" + line


def section(part: IssueSection, profile: Profile) -> str:
    """A section: heading, note, items. One without a name gets one, or its items would pass for briefs."""
    name = safe_inline(one_line(part.name)) or ("未分类" if profile.language.startswith("zh") else "Unsorted")
    words, items = note(part.note, profile, of_section=True), [print_item(item, profile) for item in part.items]
    return lay(profile, "section", name=_unclosed(name), note=words, items=items)


def past(issues: tuple[PastIssue, ...], profile: Profile) -> str:
    """The past issues as a list or as a table of four columns by year."""
    if not issues:
        return ""
    shown = one_line((*profile.labels("past"), "…")[0])
    links = [(item.label, f"[{_label(item.label)}]({destination(item.url)})") for item in issues]
    rows: list[list[str]] = []
    if profile.past_issues == "table":
        for year, group in groupby(links, key=lambda pair: pair[0][:4]):
            cells = [link for _, link in group]
            rows.append(list(year) if year.isdigit() and len(year) == _COLUMNS else [""] * _COLUMNS)
            rows += [_row(cells[at : at + _COLUMNS]) for at in range(0, len(cells), _COLUMNS)]
    url = destination(profile.past_url) if profile.past_url else ""
    return lay(profile, "past", title=shown, url=url, links=[link for _, link in links], rows=rows)


def _row(cells: list[str]) -> list[str]:
    return [*cells, *[""] * (_COLUMNS - len(cells))]


def _label(text: str) -> str:
    return re.sub(r"([\[\]|\\])", r"\\\1", one_line(text))


def footer(text: str, profile: Profile) -> str:
    """The footer under a rule. Headings in it are escaped: they would begin a section."""
    lines = [re.sub(r"^( {0,3})(#{1,6}\s)", r"\1\\\2", line) for line in clean(text).strip("\n").rstrip().split("\n")]
    while lines and (not lines[0].strip() or is_rule(lines[0])):
        lines.pop(0)
    body = "\n".join(lines)
    return lay(profile, "footer", footer=body) if body else ""


def _lines(text: str) -> list[str]:
    kept: list[str] = []
    for line in clean(text).split("\n"):
        line = safe_inline(line.strip())
        if line or (kept and kept[-1]):
            kept.append(line)
    while kept and not kept[-1]:
        kept.pop()
    return kept
