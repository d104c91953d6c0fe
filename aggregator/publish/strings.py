"""The few words of the pages themselves, in Chinese and English, and dates as people write them. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

_ZH = {
    "about_feed": "新一期发布时，阅读器会收到全文。复制下面的地址到任意 RSS 阅读器即可。",
    "all_issues": "全部各期",
    "archive": "往期",
    "briefs": "简讯",
    "feed_issues": "每期一条，全文",
    "feed_items": "每个条目一条",
    "feed_section": "只看「{name}」",
    "feeds_more": "其他格式与更细的订阅",
    "home": "首页",
    "in_this_issue": "本期目录",
    "items": "条目",
    "issue_count": "共 {count} 期",
    "item_count": "{count} 条",
    "latest": "最新一期",
    "link": "链接",
    "main_feed": "推荐：RSS 全文",
    "markdown": "本期 Markdown",
    "next": "下一期",
    "no_issues": "第一期正在准备中。",
    "not_found": "没有这个页面",
    "not_found_text": "地址可能写错了，或者页面已经移走。",
    "number": "第 {number} 期",
    "older": "更早的见往期",
    "pages": "主要页面",
    "past": "往期回顾",
    "permalink": "本条的固定链接",
    "previous": "上一期",
    "read": "阅读全文",
    "colon": "：",
    "references": "参考链接",
    "wechat_help": "把下面的文章贴进公众号编辑器：",
    "copy_all": "复制全文",
    "copied": "已复制",
    "copy_failed": "没能复制，请手动选中",
    "view_online": "在网页上看这一期",
    "unsubscribe": "退订",
    "moved": "这一期换了地址",
    "blogroll": "我们在读的来源（OPML）",
    "about_blogroll": "所有来源的订阅列表，可以一次导入阅读器。",
    "search": "搜索",
    "search_label": "搜索全部各期",
    "search_none": "没有找到。",
    "search_some": "{count} 期里有",
    "search_failed": "搜索暂时不可用，请用下面的标题列表。",
    "search_noscript": "搜索需要脚本；没有脚本时，可用浏览器的“在页面中查找”搜下面的标题。",
    "search_without": "用浏览器的“在页面中查找”搜下面的标题。",
    "search_titles": "近期标题",
    "section_empty": "这个栏目还没有内容。",
    "sections": "栏目",
    "skip": "跳到正文",
    "subscribe": "订阅",
    "untitled": "无题",
    "via": "收录于",
    "lead": "导读",
}
_EN = {
    "about_feed": "Each new issue arrives in your reader in full. Copy this address into any RSS reader.",
    "all_issues": "All issues",
    "archive": "Archive",
    "briefs": "In brief",
    "feed_issues": "One entry per issue, in full",
    "feed_items": "One entry per item",
    "feed_section": "Only “{name}”",
    "feeds_more": "Other formats and narrower feeds",
    "home": "Home",
    "in_this_issue": "In this issue",
    "items": "Items",
    "issue_count": "{count} issues",
    "item_count": "{count} items",
    "latest": "Latest issue",
    "link": "Link",
    "main_feed": "Recommended: RSS, full text",
    "markdown": "This issue in Markdown",
    "next": "Next issue",
    "no_issues": "The first issue is being prepared.",
    "not_found": "There is no such page",
    "not_found_text": "The address may be mistyped, or the page has moved.",
    "number": "No. {number}",
    "older": "Older ones are in the archive",
    "pages": "Main pages",
    "past": "Past issues",
    "permalink": "Permanent link to this item",
    "previous": "Previous issue",
    "read": "Read the issue",
    "colon": ": ",
    "references": "References",
    "wechat_help": "Paste the article below into the editor of your WeChat account:",
    "copy_all": "Copy it all",
    "copied": "Copied",
    "copy_failed": "Not copied: select it by hand",
    "view_online": "Read this issue on the web",
    "unsubscribe": "Unsubscribe",
    "moved": "This issue has moved",
    "blogroll": "What we read (OPML)",
    "about_blogroll": "All sources as one list that a reader can import.",
    "search": "Search",
    "search_label": "Search all issues",
    "search_none": "Nothing found.",
    "search_some": "In {count} issues",
    "search_failed": "Search is not available just now: use the titles below.",
    "search_noscript": "Search needs a script. Without it, your browser’s “find in page” looks through the titles below.",
    "search_without": "Your browser’s “find in page” looks through the titles below.",
    "search_titles": "Recent titles",
    "section_empty": "Nothing in this section yet.",
    "sections": "Sections",
    "skip": "Skip to the content",
    "subscribe": "Subscribe",
    "untitled": "Untitled",
    "via": "Featured in",
    "lead": "Editor’s note",
}
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def language_tag(language: str) -> str:
    """A BCP 47 tag: `zh_CN` becomes `zh-CN`, which decides the font; nonsense becomes `und`."""
    parts = language.strip().replace("_", "-").split("-")
    if not all(re.fullmatch(r"[A-Za-z0-9]{1,8}", part) for part in parts):
        return "und"
    regions = [part.upper() if len(part) == 2 else part.title() if len(part) == 4 else part.lower() for part in parts[1:]]
    return "-".join([parts[0].lower(), *regions])


def is_chinese(language: str) -> bool:
    """True where the pages speak Chinese."""
    return language_tag(language).split("-")[0] == "zh"


def strings(language: str) -> Mapping[str, str]:
    """The words of the pages: Chinese for zh, English for every other language."""
    return _ZH if is_chinese(language) else _EN


def long_date(day: date, language: str) -> str:
    """`2026年9月1日` or `1 September 2026`."""
    if is_chinese(language):
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def short_date(day: date, language: str) -> str:
    """The day within a year: `9月1日` or `1 September`."""
    return f"{day.month}月{day.day}日" if is_chinese(language) else f"{day.day} {_MONTHS[day.month - 1]}"
