"""What is published, for whom, and in which form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of an issue. `slug` names it in commands, addresses and files; `title` is what readers see.

    `lead_label` is how the lead names it (开源 for 开源项目), `note` stands under the heading of every issue.
    """

    slug: str
    title: str
    lead_label: str = ""
    note: str = ""


DEFAULT_LINK_LABELS: dict[str, str] = {
    "paper": "论文",
    "code": "代码",
    "project": "项目",
    "demo": "演示",
    "video": "视频",
    "doc": "文档",
    "article": "文章",
    "link": "链接",
}
# The templates of the house form that a publication may replace.
TEMPLATE_PARTS = ("front", "heading", "tagline", "note", "lead", "opener", "brief", "section", "item", "past", "footer", "issue")
# What else a reader takes for the label of something, by what it labels. "bare" labels of a summary need no colon, "named"
# labels stand for a line of their own.
DEFAULT_SPELLINGS: dict[str, tuple[str, ...]] = {
    "lead": ("导读",),
    "summary": ("摘要", "Abstract", "Summary"),
    "bare": ("摘要",),
    "past": ("往期回顾",),
    "note": ("注", "Note"),
    "named": ("标题", "论文", "论文标题", "论文题目", "题目", "原文标题", "原标题", "英文标题", "Title", "Paper"),
}


@dataclass(frozen=True, slots=True)
class Profile:
    """The house form of a publication, as data: what stands around and between the items of an issue.

    Texts are Markdown. `slug` names the profile. `title` and `tagline` stand at the head of an issue where they are not
    those of the publication. `front_matter` is YAML without its fences ("" for none), in which `{title}`, `{date}` and
    `{headline}` are filled in. `heading` is how name and date are written in the heading.

    `lead_label` opens the lead (导读), `lead_form` is "quote" or "paragraph", `count` says how many items there are with
    `{count}` for the number, `section_mark` names a section inside the lead with `{label}`. `items` is "list" or
    "headings". `bar` separates title and source: inside the link, or behind it where `source_after`. `link_labels` gives the
    label to print for each role of a link, `spellings` what a reader takes for a label besides the one that is printed.

    `past_issues` is "list", "table" or "none". In `footer`, `{ids}` stands for a list of `ids` (name and address of each
    account) and `{licence}` for `licence_line`, where `{licence}` is the licence with its link.

    `until` is the last day of a former profile. `form` names the folder of shipped templates; `templates` are those of the
    publication itself, by name.
    """

    slug: str = "brief-zh"
    title: str = ""
    tagline: str = ""
    front_matter: str = "layout: default"
    heading: str = "{name} ({date})"
    notes: tuple[str, ...] = ()
    lead_label: str = "导读"
    lead_form: str = "quote"
    count: str = "本期{count}条。"
    section_mark: str = "「{label}」"
    opener: str = "先是一些热身小新闻："
    summary_label: str = "摘要"
    colon: str = "："
    items: str = "list"
    bar: str = " | "
    source_after: bool = False
    link_labels: Mapping[str, str] = field(default_factory=lambda: dict(DEFAULT_LINK_LABELS))
    spellings: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: dict(DEFAULT_SPELLINGS))
    past_issues: str = "list"
    past_title: str = "往期回顾"
    past_url: str = ""
    past_limit: int | None = None
    footer: str = ""
    ids: Mapping[str, str] = field(default_factory=dict)
    licence: str = ""
    licence_line: str = "本简报以 {licence} 许可发布。"
    language: str = "zh-CN"
    until: date | None = None
    form: str = "house"
    templates: Mapping[str, str] = field(default_factory=dict)

    def labels(self, what: str) -> tuple[str, ...]:
        """What a reader takes for the label of one of `spellings`: the printed one first, where there is one."""
        own = {"lead": self.lead_label, "summary": self.summary_label, "past": self.past_title}.get(what, "").strip()
        return tuple(dict.fromkeys(text for text in (own, *self.spellings.get(what, ())) if text))


@dataclass(frozen=True, slots=True)
class Publication:
    """What is published, and for whom. `base_url` ends with a slash; `time_zone` is an IANA name and dates issues. `profile` is
    the form of the next issue, `former` those of earlier ones. `hub` is the WebSub hub that the feeds name, "" for none. Mails
    are from `mail_from`, and are unsubscribed from by a POST to `unsubscribe_url` (RFC 8058); "" where none is set."""

    name: str
    tagline: str
    language: str
    time_zone: str
    base_url: str
    sections: tuple[Section, ...]
    author: str = ""
    description: str = ""
    profile: Profile = field(default_factory=Profile)
    former: tuple[Profile, ...] = ()
    keywords: Mapping[str, float] = field(default_factory=dict)
    hub: str = ""
    mail_from: str = ""
    unsubscribe_url: str = ""

    @property
    def printed_name(self) -> str:
        """The name in the heading of an issue."""
        return self.profile.title or self.name

    @property
    def printed_tagline(self) -> str:
        """The tagline under the heading of an issue."""
        return self.profile.tagline or self.tagline

    def section(self, slug: str) -> Section | None:
        """The section with that slug, or None."""
        return next((section for section in self.sections if section.slug == slug), None)
