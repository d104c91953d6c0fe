"""Issues full of what breaks Markdown."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from aggregator.model import Issue, IssueSection, Item, Link, PastIssue
from aggregator.urls import link_role

BARS = ("|", " | ", "｜", "丨", " 丨 ")
BRACKETS = ("[", "]", "](", "[x](y)", "[a] ", "(", ")", "![图](https://a.example/i.png)", "[^1]")
MARKS = ("`", "``", "`a|b`", "*", "**", "**粗**", "_", "__x__", "~", "~~", "10~100倍，5~6倍", "\\", "\\|", "!", "$$")
MARKUP = ("<T>", "<script>", "</font>", "{{ x }}", "{%", "{% raw %}", "&amp;", "&copy;", "{: .x}")
SCRIPTS = ("💎", "👩\u200d💻", "مرحبا", "שלום", "\u00a0", "\u3000", "芯片", "了", "。", "，", " ", "  ", "a", "b c")
BLOCKS = ("1. ", "- ", "•", "– ", "#", "# ", "> ", "---", "***", "===", "```", ":", "## ")
LABELS = (
    "：",
    "论文：",
    "摘要：",
    "摘要",
    "导读：",
    "注：",
    "标题：",
    "往期回顾",
    "owner/repo：",
    "论文：https://arxiv.org/abs/1911.05289",
)
ADDRESSES = ("https://a.example/x", "https://a.example/b_(c)", "http://例子.example/路径")
NESTED = ("]]", "[[", "[[a] b](c)", "[x](y_(z))", "（", "）", "【", "】", "《", "；", "？", "…", "——", "、")
TAGS = ("<br/>", "<!-- x -->", "<details>", "&nbsp;", "</p>", "𠮷", "e\u0301", "\u200b", "\ufeff")
LINES = ("10) ", "１．", "* ", "+ ", "| a | b |", "|---|:-:|", "    code", "\t", "~~~", "### ", "##", "----", "[a]: http://x")
TRAPS = BARS + BRACKETS + MARKS + MARKUP + SCRIPTS + BLOCKS + LABELS + ADDRESSES + NESTED + TAGS + LINES
LISTED = (
    "",
    "",
    "- 甲",
    "1. 乙",
    "    - 丙",
    "        1. 戊",
    "  丁",
    "•点",
    "    缩进",
    "\t制表",
    "> 引文",
    "- [a](https://a.example/a)",
)
TABLES = ("| a | b |", "|---|---|", "| 1 | 2 |", "```", "```py", "~~~", "<table>", "<td>x</td>", "![图](https://a.example/i.png)")
LINKED = ("代码：https://github.com/a/b", "项目地址：", "https://a.example/x", "[[论文]](https://a.example/p)", "**粗**：一句")

words = st.lists(st.one_of(st.sampled_from(TRAPS), st.text(max_size=6)), max_size=6).map("".join)
special_lines = st.sampled_from(LISTED + TABLES + LINKED)
texts = st.lists(words | special_lines, max_size=6).map("\n".join)
traps_in_urls = st.sampled_from(
    [
        "https://a.example/x_(y)",
        "https://a.example/a b",
        "https://a.example/?a=1&lt;b",
        "http://a.example/)",
        "https://a.example/a|b",
    ]
)
urls = traps_in_urls | st.integers(0, 99).map(lambda number: f"https://b.example/{number}")
labels = st.sampled_from(["论文", "代码", "GitHub 项目", "", "更多v0.6版特性见", "摘要", "标题"]) | words
links = st.builds(lambda label, url: Link(label, link_role(url), url), labels, urls) | words.map(
    lambda text: Link(f"标题：{text}", "text", "")
)
items = st.builds(
    Item,
    title=words,
    url=st.none() | urls,
    source=words | st.sampled_from(["", "某实验室"]),
    tags=st.lists(st.sampled_from(["1911.05289", "CVPR2020", "MobiSys 2021"]) | words, max_size=2).map(tuple),
    links=st.lists(links, max_size=3).map(tuple),
    summary=texts,
)
sections = st.builds(
    IssueSection,
    name=st.sampled_from(["业界新闻", "论文", "应用", "News"]) | words,
    items=st.lists(items, max_size=3).map(tuple),
    note=words,
)
past_issues = st.builds(PastIssue, st.dates().map(str) | words, st.just("2020-01-01.md") | urls)
issues = st.builds(
    Issue,
    slug=st.just("draft"),
    date=st.none() | st.dates(date(2019, 1, 1), date(2030, 1, 1)),
    name=st.just("边缘周记") | words,
    headline=words,
    tagline=words,
    notes=st.lists(texts, max_size=2).map(tuple),
    lead=texts,
    opener=st.just("先是新闻：") | words,
    briefs=st.lists(texts, max_size=3).map(tuple),
    sections=st.lists(sections, max_size=3).map(tuple),
    past_issues=st.lists(past_issues, max_size=3).map(tuple),
    footer=texts,
)
STRUCTURE = (
    "\n",
    "\r\n",
    "\n\n",
    "---\n",
    "# 边缘周记 (2020-01-01)\n",
    "## 论文\n",
    "- [a | b](https://x.example)\n",
    "> 导读：x\n",
)
texts_at_random = st.lists(st.one_of(st.sampled_from(TRAPS + STRUCTURE), st.text(max_size=5)), min_size=1, max_size=25).map(
    "".join
)
