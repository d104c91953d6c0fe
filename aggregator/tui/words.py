"""The words of the terminal review, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping

from aggregator.errors import AggregatorError
from aggregator.text import clean_line

# name: (Chinese, English)
TABLE: dict[str, tuple[str, str]] = {
    "pending": ("待审", "Pending"),
    "approved": ("已选", "Approved"),
    "deferred": ("下期", "Deferred"),
    "rejected": ("不用", "Rejected"),
    "published": ("已刊", "Published"),
    "all": ("全部", "All"),
    "draft": ("草稿", "Draft"),
    "briefs": ("小新闻", "Briefs"),
    "lead": ("导读", "Lead"),
    "headline": ("标题", "Headline"),
    "untitled": ("无标题", "Untitled"),
    "empty": (
        "没有待审的候选。P 发布，Tab 看草稿，q 退出。",
        "No candidate is waiting. P publishes, Tab shows the draft, q quits.",
    ),
    "empty_filter": ("没有符合的候选。Esc 清除筛选。", "No candidate matches. Esc clears the filter."),
    "filter": ("筛选：{what}", "Filter: {what}"),
    "marked": ("已标 {count} 条", "{count} marked"),
    # a row and its preview
    "ran.short": ("曾刊", "ran"),
    "score": ("相关度 {score}", "Score {score}"),
    "section": ("栏目：{section}（{percent} 把握）", "Section: {section} ({percent} sure)"),
    "second": ("，其次 {section}", ", else {section}"),
    "copies": ("另有 {count} 处", "{count} more copies"),
    "copies.one": ("另有 {count} 处", "{count} more copy"),
    "ran": ("往期 {issue} 已刊：{relation}", "Ran in {issue}: {relation}"),
    "relation.same link": ("同一链接", "same link"),
    "relation.same paper": ("同一论文，另一篇文章", "same paper, other article"),
    "relation.same repository": ("同一仓库，先前的消息", "same repository, earlier news"),
    "similar": ("相近的候选：{ids}", "Similar candidates: {ids}"),
    "arrived_as": ("原标题：{title}", "Arrived as: {title}"),
    "no_link": ("没有链接", "no link"),
    "no_summary": ("没有摘要", "No summary"),
    "no_reasons": ("没有命中关键词，来源也没有记录。", "No keyword of the publication, and nothing known of the source."),
    # what was done
    "did.approve": ("已选入{section}：{title}", "Approved into {section}: {title}"),
    "did.reject": ("不用：{title}", "Rejected: {title}"),
    "did.defer": ("留到下期：{title}", "Deferred: {title}"),
    "did.brief": ("写入小新闻：{title}", "Turned into a brief: {title}"),
    "did.star": ("选入并放进标题：{title}", "Approved, and into the headline: {title}"),
    "did.unstar": ("不再放进标题：{title}", "Out of the headline: {title}"),
    "did.merge": ("已并入：{title}", "Merged into: {title}"),
    "did.edit": ("已修改：{title}", "Edited: {title}"),
    "did.same": ("没有改动：{title}", "Nothing changed: {title}"),
    "did.rest": ("其余 {count} 条不用；u 撤销", "Rejected the remaining {count}; u takes it back"),
    "did.undo": ("已撤销：{what}", "Undone: {what}"),
    "did.redo": ("已重做：{what}", "Done again: {what}"),
    "did.publish": (
        "已发布 {slug}，共 {items} 条，写了 {files} 个文件",
        "Published {slug}: {items} items, {files} files written",
    ),
    "did.cut": ("已移出草稿：{title}", "Taken out of the draft: {title}"),
    "did.move": ("已移到{section}：{title}", "Moved to {section}: {title}"),
    "did.lead": ("导读已保存", "The lead is saved"),
    "did.open": ("已打开 {url}", "Opened {url}"),
    "many": ("{count} 条", "{count} candidates"),
    "merge.ask": (
        "把「{title}」并入哪一条？移到那一条按 Enter，Esc 取消",
        "Merge “{title}” into which? Move there and press Enter; Esc cancels",
    ),
    "merge.self": ("先移到另一条，再按 Enter", "Move to another candidate first, then press Enter"),
    "moved_on": ("别处有改动，已更新", "Changed elsewhere, shown anew"),
    "search": (
        "搜索（可写 section:papers source:名字 status:deferred）",
        "Search (also section:papers source:NAME status:deferred)",
    ),
    "unsafe": ("没有可以安全打开的地址", "There is no address that is safe to open"),
    "no_browser": ("没有可用的浏览器：{url}", "No browser to open: {url}"),
    "no_section": ("没有第 {count} 个栏目", "There is no section {count}"),
    # keys
    "key.approve": ("选用", "approve"),
    "key.sections": ("选入栏目", "into section"),
    "key.reject": ("不用", "reject"),
    "key.defer": ("下期", "defer"),
    "key.edit": ("修改", "edit"),
    "key.edit_inline": ("就地修改", "edit right here"),
    "key.open": ("打开", "open"),
    "key.merge": ("合并", "merge"),
    "key.brief": ("小新闻", "brief"),
    "key.star": ("放进标题", "headline"),
    "key.mark": ("标记", "mark"),
    "key.rest": ("其余不用", "reject the rest"),
    "key.undo": ("撤销", "undo"),
    "key.redo": ("重做", "redo"),
    "key.search": ("搜索", "search"),
    "key.outline": ("草稿", "outline"),
    "key.lead": ("导读", "lead"),
    "key.preview": ("预览", "preview"),
    "key.check": ("检查", "check"),
    "key.publish": ("发布", "publish"),
    "key.help": ("帮助", "help"),
    "key.quit": ("退出", "quit"),
    "key.move": ("移动", "move"),
    "key.carry_down": ("下移", "move down"),
    "key.carry_up": ("上移", "move up"),
    "key.cut": ("移出", "take out"),
    "key.cut_later": ("留到下期", "defer"),
    "key.menu": ("菜单", "menu"),
    "key.back": ("返回", "back"),
    "key.scroll": ("滚动", "scroll"),
    "key.page": ("翻页", "page"),
    "key.filter_section": ("只看这个栏目", "only this section"),
    "key.filter_source": ("只看这个来源", "only this source"),
    "key.clear": ("清除筛选和标记", "clear filter and marks"),
    "key.palette": ("命令", "commands"),
    # dialogues
    "title.preview": ("预览", "Preview"),
    "title.check": ("检查", "Check"),
    "title.help": ("按键", "Keys"),
    "title.menu": ("菜单", "Menu"),
    "title.edit": ("修改", "Edit"),
    "title.lead": ("导读", "Lead"),
    "title.publish": ("发布", "Publish"),
    "field.title": ("标题", "Title"),
    "field.summary": ("摘要", "Summary"),
    "edit.keys": ("Ctrl-S 保存 · Tab 下一栏 · Esc 取消", "Ctrl-S saves · Tab next field · Esc cancels"),
    "check.clean": ("没有发现问题。", "Nothing to mend."),
    "severity.error": ("错误", "error"),
    "severity.warning": ("警告", "warning"),
    "severity.hint": ("提示", "hint"),
    "publish.ask": ("{day} 发布 {items} 条，{briefs} 条小新闻。", "{items} items and {briefs} briefs, dated {day}."),
    "publish.found": (
        "检查：{errors} 处错误，{others} 处警告与提示",
        "The check found {errors} errors, {others} warnings and hints",
    ),
    "publish.final": ("发布后不能撤销，只能勘误。", "This cannot be undone; a published issue is amended."),
    "publish.yes": ("发布", "Publish"),
    "publish.force": ("有错误也发布", "Publish in spite of the errors"),
    "publish.check": ("看检查结果", "See what the check says"),
    "publish.no": ("返回", "Back"),
    "help.saved": (
        "每个按键立即保存。只用方向键、数字和 Enter 也够：0 打开菜单。",
        "Every key is saved at once. Arrows, digits and Enter suffice: 0 opens the menu.",
    ),
    # plain
    "plain.help": (
        "y 选用 · 1-9 选入栏目 · n 不用 · l 下期 · s 跳过 · h 小新闻 · * 放进标题 · m ID 并入 · e 新标题 · {more}",
        "y approve · 1-9 into section · n reject · l defer · s skip · h brief · * headline · m ID merge into · e TITLE · {more}",
    ),
    "plain.more": (
        "w 摘要和理由 · u 撤销 · r 重做 · N 其余不用 · c 检查 · P 发布 · q 退出",
        "w summary and reasons · u undo · r redo · N reject the rest · c check · P publish · q quit",
    ),
    "plain.unknown": ("不认识「{answer}」；? 列出可用的", "`{answer}` is no answer; ? lists them"),
    "plain.end": ("决定 {done} 次，待审 {pending} 条", "{done} decisions, {pending} pending"),
    "plain.skipped": ("跳过", "Skipped"),
    # errors
    "error.E402": ("这个候选已经并入另一个", "This candidate was merged into another"),
    "error.E403": ("已经刊出，只能勘误", "It stands in a published issue and can only be amended"),
    "error.E404": ("没有这个栏目", "There is no such section"),
    "error.E405": ("不能并入自己", "A candidate cannot be merged into itself"),
    "error.E409": ("没有可以撤销或重做的", "There is nothing to undo or redo"),
    "error.E501": ("草稿有错误，没有发布；c 看检查结果", "The draft has errors and was not published; c shows them"),
    "error.E502": ("草稿是空的，没有发布", "The draft is empty and was not published"),
    "error.E504": ("这一天已经有一期", "That day has an issue already"),
}


class Words:
    """The words of one language."""

    def __init__(self, language: str) -> None:
        self.chinese = language.lower().replace("_", "-").split("-")[0] == "zh"
        self._words: Mapping[str, str] = {name: pair[0 if self.chinese else 1] for name, pair in TABLE.items()}

    def __call__(self, name: str, **values: object) -> str:
        """The words of that name, with values put in; those for one where `count` is 1."""
        name = f"{name}.one" if values.get("count") == 1 and f"{name}.one" in self._words else name
        return self._words[name].format(**values) if values else self._words[name]

    def maybe(self, name: str, otherwise: str) -> str:
        """The words of that name, or what an open set (actions, relations) says itself."""
        return self._words.get(name, otherwise)

    def error(self, error: AggregatorError) -> str:
        """An error in this language where it is a usual one, else in the program's own words; with its code."""
        text = self._words.get(f"error.{error.code}")
        return f"{text or clean_line(str(error), 300)} [{error.code}]"
