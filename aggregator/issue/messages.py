"""What a finding says, in English and in Chinese. A key is the code, with a variant behind a dot where one code has several."""

from __future__ import annotations

MESSAGES: dict[str, tuple[str, str]] = {
    "C001": ("no heading `# NAME (DATE)`", "没有标题行 `# 名称 (日期)`"),
    "C002": ("not understood, kept as it is: {words}", "没有读懂，原样保留：{words}"),
    "C003": ("text after the link, read as summary: {words}", "链接后面的文字，当作摘要：{words}"),
    "C004.bracket": ("unclosed bracket: {title}", "方括号没有闭合：{title}"),
    "C004.parenthesis": ("unclosed parenthesis: {title}", "圆括号没有闭合：{title}"),
    "C004.target": ("no target after the title: {title}", "标题后面没有链接：{title}"),
    "C004.blank": ("blank between title and target: {title}", "标题与链接之间有空格：{title}"),
    "C004.balance": ("unbalanced brackets in the title: {title}", "标题里的方括号不成对：{title}"),
    "C004.link": ("the title is no link: {title}", "标题不是链接：{title}"),
    "C005": ("items without a section heading", "条目没有栏目标题"),
    "C005.guess": ("no headings: taken as the beginning of {section}", "没有栏目标题：当作「{section}」的开头"),
    "C006": ("a section that the publication does not know: {section}", "本刊没有的栏目：{section}"),
    "C007.page": ("read as a page copied as text", "按网页文本读入"),
    "C007.flat": ("read as flattened HTML", "按压平的 HTML 读入"),
    "C101": ("the lead is empty", "导读是空的"),
    "C102": ("the lead says {said} items, the issue has {count}", "导读说有 {said} 条，实际有 {count} 条"),
    "C103": ("the lead holds what a template left: {residue}", "导读里有模板的残留：{residue}"),
    "C103.heading": ("the heading holds what a template left: {residue}", "标题里有模板的残留：{residue}"),
    "C104": ("the issue has no items", "这一期没有条目"),
    "C105": ("the same brief twice: {brief}", "同一条简讯出现两次：{brief}"),
    "C105.empty": ("an empty brief", "空的简讯"),
    "C106": ("the {name} is as prefilled", "{name}还是自动填写的"),
    "C107": ("{count} summaries are as they arrived: {names}", "{count} 条摘要还是来源的原文：{names}"),
    "C108": ("the heading says {said}, the file is called {name}", "标题的日期是 {said}，文件名是 {name}"),
    "C109": (
        "{count} of {all} items stand in the issue of {issue} too: was an issue overwritten by another?",
        "{all} 条里有 {count} 条与 {issue} 那一期相同：是不是一期盖掉了另一期？",
    ),
    "C110": ("nothing stands behind the colon of the heading", "标题的冒号后面是空的"),
    "C111": ("the archive has no issue of {days}", "存档里没有这几期：{days}"),
    "C111.near": ("there is no issue of {day}, but one of {near}", "没有 {day} 这一期，只有 {near}"),
    "C112": ("the past issue {label} leads to {url}", "往期 {label} 指向 {url}"),
    "C113": ("a past issue that is not past: {label}", "往期里列了以后的一期：{label}"),
    "C114": ("the list of past issues lacks {days}", "往期里缺了 {days}"),
    "C115": ("the section {section} stands here twice", "栏目「{section}」出现两次"),
    "C200": ("an item without a title", "没有标题的条目"),
    "C200.address": ("the title is only the address: {title}", "标题只是网址：{title}"),
    "C201": ("an item without a link: {title}", "条目没有链接：{title}"),
    "C201.all": ("none of the {count} items has a link", "{count} 条都没有链接"),
    "C202": ("the target is empty: {title}", "链接是空的：{title}"),
    "C203": ("no summary: {title}", "没有摘要：{title}"),
    "C204": ("the same link as “{title}” on line {row}", "与第 {row} 行「{title}」的链接相同"),
    "C204.pasted": (
        "the same link as “{title}” on line {row}, right above: pasted again?",
        "与上一条（第 {row} 行「{title}」）的链接相同：是不是重复粘贴了？",
    ),
    "C205": ("the tag says {tag}, the link {linked}", "标签是 {tag}，链接是 {linked}"),
    "C206": ("the same paragraph stands in “{title}” on line {row}: {words}", "与第 {row} 行「{title}」的段落相同：{words}"),
    "C206.own": ("the same paragraph stands in the same summary: {words}", "同一条摘要里重复的段落：{words}"),
    "C206.above": ("a brief says this already: {words}", "简讯里已经说过：{words}"),
    "C207": ("the title says {said}, the link leads to {own}", "标题写的是 {said}，链接是 {own}"),
    "C208": ("{said} stands before the title, but no link leads there", "标题前是 {said}，但没有指向它的链接"),
    "C209": ("an unclosed bracket {pair} in the title: {title}", "标题里的 {pair} 没有闭合：{title}"),
    "C209.link": ("a link that does not close: {words}", "没有闭合的链接：{words}"),
    "C210": ("ran before, in {issue}: {title}", "在 {issue} 登过：{title}"),
    "C211": ("a second summary in one item: {words}", "一个条目里有第二段摘要：{words}"),
    "C212": ("the link of “{title}” on line {row} again: {url}", "第 {row} 行「{title}」的链接又出现一次：{url}"),
    "C301": ("a WeChat link that expires (timestamp and signature)", "会过期的公众号链接（带 timestamp 和 signature）"),
    "C302": ("the link carries {names}", "链接带有跟踪参数 {names}"),
    "C303": ("not a secure link: {url}", "不是 https 链接：{url}"),
    "C304": ("not an address that a reader can open: {url}", "读者打不开的地址：{url}"),
    "C305": ("the address holds {marks}, which belongs to the text", "地址里混进了正文的标点 {marks}"),
    "C311": ("a dead link ({status}): {url}", "死链（{status}）：{url}"),
    "C311.removed": ("the article was taken down: {url}", "文章已被删除：{url}"),
    "C312": ("no good answer ({error}): {url}", "没有正常回应（{error}）：{url}"),
    "C313": ("moved for good: {url}", "已永久搬走：{url}"),
    "C314": (
        "the site answers {status} to this program, perhaps not to readers: {url}",
        "网站对本程序回应 {status}，读者也许打得开：{url}",
    ),
    "C315": ("leads on to {final}: {url}", "会跳转到 {final}：{url}"),
    "C401": ("characters that hide or turn text: {names}", "会隐藏或反转文字的字符：{names}"),
    "C401.unseen": ("characters that nobody sees: {names}", "看不见的字符：{names}"),
    "C402": ("Liquid reads this, and the site does not build: {words}", "会被 Liquid 解析，网站会构建失败：{words}"),
    "C403": ("markup that may do something: {words}", "可能会执行的标记：{words}"),
    "C404": ("punctuation alone on a line: {words}", "单独一行的标点：{words}"),
    "C405": ("<{tag}> is taken for HTML and vanishes", "<{tag}> 会被当作 HTML 而消失"),
    "C406": (
        "every line of the item holds a bar: kramdown makes a table of it and loses the link",
        "条目的每一行都有竖线：kramdown 会当成表格，链接会丢",
    ),
    "C409": ("<{tag}> is opened {opened} times and closed {closed} times", "<{tag}> 开了 {opened} 次，闭合 {closed} 次"),
    "C409.comment": ("a comment that does not end hides the rest", "没有结束的注释会藏起后面的全部内容"),
    "C410": ("a code fence that does not close makes code of the rest", "没有闭合的代码块会把后面的全部内容变成代码"),
    "C407": ("a picture without words for those who cannot see it", "图片没有替代文字"),
    "C408": ("half-width punctuation in Chinese on {count} lines: {lines}", "中文里的半角标点，共 {count} 行：{lines}"),
}
_FIXES = {
    "`aggregator issue edit`; a prefilled one is offered": "`aggregator issue edit`，里面有自动填写的",
    "open the article and copy its permanent link": "打开文章，复制永久链接",
    "delete them": "删掉它们",
    "write &#123; for {": "把 { 写成 &#123;",
    "write ｜ for |": "把 | 写成 ｜",
    "![what it shows](…)": "![图里是什么](…)",
}
_NAMES = {"lead": "导读", "headline": "标题"}


def said(key: str, language: str, **values: object) -> str:
    """The text of a finding in a language, values filled in."""
    chinese = language.casefold().startswith("zh")
    if chinese and key == "C106":
        values = {"name": _NAMES.get(str(values["name"]), values["name"])}
    return MESSAGES[key][chinese].format(**values)


def mending(fix: str | None, language: str) -> str | None:
    """A mending in a language; one that is text to type stays as it is."""
    return _FIXES.get(fix, fix) if fix and language.casefold().startswith("zh") else fix
