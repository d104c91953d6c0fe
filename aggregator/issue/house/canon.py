"""An issue in canonical house form: what is printed for everything that was not read from a text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from aggregator.issue.house.inline import destination, one_line, safe_inline
from aggregator.issue.house.item import guarded, print_item
from aggregator.issue.house.lines import bullet, is_rule, numbered
from aggregator.model import Issue, IssueSection, IssueStatus, PastIssue, Profile
from aggregator.text import clean, is_cjk

_BREAK = "  "
_COLUMNS = 4
_LABEL = re.compile(r"^(?:导读)\s*[：:]")
_NOTE = re.compile(r"^(?:注|Note)\s*[：:]")
_TAGLINE = re.compile(r"^\*\*.+\*\*$")


def print_issue(issue: Issue, profile: Profile, strays: Sequence[str] = ()) -> str:
    """The whole issue; one line end at its end. `strays` are lines that belong to nothing: they follow the last section,
    two blank lines before each."""
    parts = [
        front_matter(profile),
        title(issue),
        tagline(issue.tagline),
        *(note(text, profile.lead_label) for text in issue.notes if is_font(text)),
        lead(issue.lead, profile, asked=issue.status is IssueStatus.DRAFT or bool(issue.notes)),
        opener(issue.opener, profile),
        "\n".join(brief(text) for text in issue.briefs),
        *(note(text, profile.lead_label) for text in issue.notes if not is_font(text)),
        *(section(part, profile) for part in issue.sections),
        *(f"\n{text}" for text in strays),
        past(issue.past_issues, profile),
        footer(issue.footer),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def front_matter(profile: Profile) -> str:
    """The front matter between its fences."""
    return f"---\n{profile.front_matter.strip()}\n---" if profile.front_matter.strip() else ""


def title(issue: Issue) -> str:
    """The heading: name, date, headline, as far as each is known."""
    name, headline = safe_inline(one_line(issue.name)), safe_inline(one_line(issue.headline))
    dated = f"{name} ({issue.date.isoformat()})".lstrip() if issue.date else name
    colon = "：" if is_cjk(dated + headline) else ": "
    text = f"{dated}{colon}{headline}" if headline else dated
    return f"# {_unclosed(text)}" if text else ""


def _unclosed(text: str) -> str:
    """A heading's text whose last `#` is no closing mark."""
    return re.sub(r"(^|\s)(#+)$", r"\1\\\2", text)


def tagline(text: str) -> str:
    """The tagline in bold."""
    text = safe_inline(one_line(text)).replace("**", "").strip()
    return f"**{text}**" if text else ""


def is_font(text: str) -> bool:
    """True for a note that is HTML of its own."""
    return text.lstrip().lower().startswith("<font")


def note(text: str, lead_label: str = "") -> str:
    """A note as a quotation; one that is HTML stays as it is."""
    lines = [re.sub(r"^>[ \t]?", "", line) for line in _lines(text)]
    if not lines:
        return ""
    if is_font(text):
        return " ".join(line for line in lines if line)
    hidden = _LABEL if not lead_label else re.compile(rf"{_LABEL.pattern}|^{re.escape(lead_label)}\s*[：:]")
    first = _disguised(lines[0]) if hidden.match(lines[0]) and not _NOTE.match(lines[0]) else lines[0]
    return _quoted([first, *(_disguised(line) if _NOTE.match(line) else line for line in lines[1:])])


def lead(text: str, profile: Profile, *, asked: bool) -> str:
    """The lead as a quotation behind its label. An empty one is printed where it is `asked` for: in a draft, to be filled
    in, and before notes that would else be taken for it."""
    label = f"{profile.lead_label}{profile.colon}" if profile.lead_label else ""
    lines = _lines(text)
    if not lines:
        return f"> {label}".rstrip() if asked else ""
    return _quoted([label + lines[0], *(_disguised(line) if _NOTE.match(line) else line for line in lines[1:])])


def _disguised(line: str) -> str:
    """A line that shows the same but that no reader takes for the label of something."""
    return f"&#{ord(line[0])};{line[1:]}"


def opener(text: str, profile: Profile) -> str:
    """The line before the briefs."""
    lines = [guarded(_unlisted(line)) for line in _lines(text) if line]
    if lines and (_TAGLINE.match(lines[0]) or _LABEL.match(lines[0]) or lines[0].startswith(profile.lead_label or "\0")):
        lines[0] = _disguised(lines[0])
    return "\n".join(_broken(lines))


def brief(text: str) -> str:
    """One brief behind its bullet."""
    lines = [line.strip() for line in _lines(text) if line.strip()]
    first = lines[0] if lines else ""
    if is_rule(f"- {first}") or is_rule(first):
        first = "\\" + first
    rest = ["  " + _unlisted(line) for line in lines[1:]]
    return "\n".join(_broken([f"- {first}".rstrip(), *rest]))


def _unlisted(line: str) -> str:
    """A line that no reader takes for another bullet."""
    if bullet(line) is None and numbered(line) is None:
        return guarded(line)
    return re.sub(r"^(\d+)([.)])", r"\1\\\2", line) if line[:1].isdigit() else "\\" + line


def section(part: IssueSection, profile: Profile) -> str:
    """A section: heading, note, items. One without a name gets one, or its items would pass for briefs."""
    name = safe_inline(one_line(part.name)) or ("未分类" if profile.language.startswith("zh") else "Unsorted")
    parts = [f"## {_unclosed(name)}", note(part.note)]
    parts.append("\n".join(print_item(item, profile) for item in part.items))
    return "\n\n".join(text for text in parts if text)


def past(issues: tuple[PastIssue, ...], profile: Profile) -> str:
    """The past issues as a list or as a table of four columns by year."""
    if not issues:
        return ""
    title = one_line(profile.past_title) or "往期回顾"
    head = f"## [{title}]({destination(profile.past_url)})" if profile.past_url else f"## {title}"
    links = [(item.label, f"[{_label(item.label)}]({destination(item.url)})") for item in issues]
    if profile.past_issues != "table":
        return "\n".join([head, "", *(f"- {link}" for _, link in links)])
    rows: list[str] = []
    for year, group in groupby(links, key=lambda pair: pair[0][:4]):
        cells = [link for _, link in group]
        digits = list(year) if year.isdigit() and len(year) == _COLUMNS else [""] * _COLUMNS
        rows.append(_row(digits))
        if len(rows) == 1:
            rows.append("|" + ":---:|" * _COLUMNS)
        rows += [_row(cells[at : at + _COLUMNS]) for at in range(0, len(cells), _COLUMNS)]
    return "\n".join([head, "", *rows])


def _row(cells: list[str]) -> str:
    return "| " + " | ".join([*cells, *[""] * (_COLUMNS - len(cells))]) + " |"


def _label(text: str) -> str:
    return re.sub(r"([\[\]|\\])", r"\\\1", one_line(text))


def footer(text: str) -> str:
    """The footer under a rule. Headings in it are escaped: they would begin a section."""
    lines = [re.sub(r"^( {0,3})(#{1,6}\s)", r"\1\\\2", line) for line in clean(text).strip("\n").rstrip().split("\n")]
    while lines and (not lines[0].strip() or is_rule(lines[0])):
        lines.pop(0)
    body = "\n".join(lines)
    return f"----\n\n{body}" if body else ""


def _lines(text: str) -> list[str]:
    kept: list[str] = []
    for line in clean(text).split("\n"):
        line = safe_inline(line.strip())
        if line or (kept and kept[-1]):
            kept.append(line)
    while kept and not kept[-1]:
        kept.pop()
    return kept


def _quoted(lines: list[str]) -> str:
    return "\n".join(_broken([f"> {line}".rstrip() for line in lines]))


def _broken(lines: list[str]) -> list[str]:
    """Lines with the two blanks that keep them lines; the last one and the one before a blank line need none."""
    return [
        line + _BREAK if at + 1 < len(lines) and lines[at + 1] not in {"", ">"} and line not in {"", ">"} else line
        for at, line in enumerate(lines)
    ]
