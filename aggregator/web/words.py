"""The words of the pages, in Chinese and in English, and how errors, times and decisions are said in them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from aggregator.errors import AggregatorError
from aggregator.text import clean_line

# name: (Chinese, English)
TABLE: dict[str, tuple[str, str]] = {
    "queue": ("待审", "Queue"),
    "draft": ("草稿", "Draft"),
    "sources": ("来源", "Sources"),
    "log": ("记录", "Log"),
    "readers": ("读者页面", "For readers"),
    "candidate": ("候选", "Candidate"),
    "pages": ("主要页面", "Main pages"),
    "skip": ("跳到正文", "Skip to the content"),
    "message": ("刚才", "Just now"),
    "undo": ("撤销", "Undo"),
    "redo": ("重做", "Redo"),
    # the queue
    "status.pending": ("待审", "Pending"),
    "status.approved": ("已选", "Approved"),
    "status.deferred": ("下期", "Deferred"),
    "status.rejected": ("不用", "Rejected"),
    "status.published": ("已刊", "Published"),
    "status.all": ("全部", "All"),
    "by_status": ("按状态", "By status"),
    "filter": ("筛选", "Filter"),
    "section": ("栏目", "Section"),
    "any_section": ("全部栏目", "All sections"),
    "source": ("来源", "Source"),
    "search": ("搜索", "Search"),
    "apply": ("应用", "Apply"),
    "clear": ("清除筛选", "Clear the filter"),
    "add": ("加入网址", "Add a URL"),
    "add_button": ("加入", "Add"),
    "this_issue": ("本期", "This issue"),
    "items": ("{count} 条", "{count} items"),
    "items.one": ("{count} 条", "{count} item"),
    "empty": ("这里没有候选。", "There is no candidate here."),
    "empty_all": ("还没有候选：来源轮询之后，新内容会出现在这里。", "No candidates yet: what the sources bring appears here."),
    "more": ("再看 {count} 条", "Show {count} more"),
    "shown": ("显示 {count} 条", "{count} shown"),
    "decide": ("对「{title}」的决定", "Decide on “{title}”"),
    "approve": ("选入{section}", "Approve: {section}"),
    "move": ("改到{section}", "Move: {section}"),
    "approve_into_label": ("选入{section}", "Approve into {section}"),
    "defer": ("下期", "Defer"),
    "reject": ("不用", "Reject"),
    "confidence": ("{percent} 把握", "{percent} sure"),
    "score": ("相关度 {score}", "score {score}"),
    "why": ("为什么", "Why"),
    "why_score": ("相关度 {score}", "Score {score}"),
    "why_section": ("栏目：{section}（{percent} 把握）", "Section: {section} ({percent} sure)"),
    "why_nothing": ("没有命中关键词，来源也没有记录。", "No keyword of the publication, and nothing known of the source."),
    "copies": ("另有 {count} 处", "{count} more copies"),
    "copies.one": ("另有 {count} 处", "{count} more copy"),
    "ran": ("往期 {issue} 已刊：{relation}", "Ran in {issue}: {relation}"),
    "relation.same link": ("同一链接", "same link"),
    "relation.same paper": ("同一论文", "same paper"),
    "relation.same repository": ("同一仓库", "same repository"),
    "no_link": ("没有链接", "no link"),
    "untitled": ("无标题", "Untitled"),
    "arrived_as": ("原标题：{title}", "Arrived as: {title}"),
    # the draft
    "draft_empty": ("草稿还是空的：在待审里选入的内容会出现在这里。", "The draft is empty: what you approve appears here."),
    "lead": ("导读", "Lead"),
    "briefs": ("热身小新闻", "Briefs"),
    "section_empty": ("还没有内容", "Nothing yet"),
    "no_summary": ("没有摘要", "No summary"),
    "change": ("改动", "Change"),
    "check": ("检查", "Check"),
    "check_clean": ("没有发现问题。", "Nothing to mend."),
    "remarks": ("警告与提示 {count} 处", "{count} warnings and hints"),
    "remarks.one": ("警告与提示 {count} 处", "{count} warning or hint"),
    "severity.error": ("错误", "Error"),
    "severity.warning": ("警告", "Warning"),
    "severity.hint": ("提示", "Hint"),
    "line": ("第 {line} 行", "line {line}"),
    "markdown": ("Markdown 原文", "The exact Markdown"),
    "publish": ("发布", "Publish"),
    "publish_date": ("日期", "Date"),
    "publish_confirm": ("确认发布：读者会立刻看到", "Yes, publish: readers will see it at once"),
    "publish_force": ("有错误也发布", "Publish in spite of the errors"),
    "publish_hint": ("发布后不能撤销，只能勘误。", "This cannot be undone; a published issue is amended."),
    # the sources
    "sources_count": ("{count} 个来源", "{count} sources"),
    "sources_count.one": ("{count} 个来源", "{count} source"),
    "attention": ("需要留意", "Need attention"),
    "others": ("其余来源", "The others"),
    "all_well": ("所有来源都正常。", "All sources are well."),
    "no_sources": (
        "还没有来源：写进 sources.yaml，或用 aggregator sources add。",
        "No sources yet: write them into sources.yaml.",
    ),
    "health": ("状态", "Status"),
    "kind": ("种类", "Kind"),
    "entries": ("条目", "Entries"),
    "taken": ("选用", "Taken"),
    "polled": ("上次轮询", "Polled"),
    "last_new": ("上次更新", "Last new"),
    "next_poll": ("下次", "Next"),
    "source.new": ("新", "New"),
    "source.ok": ("正常", "Well"),
    "source.failing": ("失败", "Failing"),
    "source.paused": ("暂停", "Paused"),
    "source.limited": ("受限", "Limited"),
    "source.gone": ("已消失", "Gone"),
    "source.muted": ("静音", "Muted"),
    "failures": ("连续 {count} 次", "{count} in a row"),
    # the log
    "log_empty": ("还没有决定。", "No decision was taken yet."),
    "undo_this": ("撤销：{what}", "Undo: {what}"),
    "redo_this": ("重做：{what}", "Redo: {what}"),
    "undone": ("已撤销", "undone"),
    "action.approve": ("选用", "approve"),
    "action.reject": ("不用", "reject"),
    "action.defer": ("留到下期", "defer"),
    "action.edit": ("修改", "edit"),
    "action.merge": ("合并", "merge"),
    "action.add": ("加入", "add"),
    "action.undo": ("撤销", "undo"),
    "action.redo": ("重做", "redo"),
    "action.publish": ("发布", "publish"),
    "action.amend": ("勘误", "amend"),
    "action.import": ("导入", "import"),
    "action.edit issue": ("编辑草稿", "edit the draft"),
    "action.outline": ("调整顺序", "reorder"),
    # what was done
    "did.approve": ("已选入{section}：{title}", "Approved into {section}: {title}"),
    "did.reject": ("不用：{title}", "Rejected: {title}"),
    "did.defer": ("留到下期：{title}", "Deferred: {title}"),
    "did.nothing": ("早已如此：{title}", "It was so already: {title}"),
    "did.add": ("已加入{section}：{title}", "Queued for {section}: {title}"),
    "did.known": ("早已在队列里（{status}）：{title}", "In the queue already ({status}): {title}"),
    "did.undo": ("已撤销：{what}", "Undone: {what}"),
    "did.redo": ("已重做：{what}", "Done again: {what}"),
    "did.publish": ("已发布 {title}", "Published {title}"),
    "see": ("查看", "See it"),
    # errors
    "wrong.title": ("无法完成", "This did not work"),
    "wrong.400": ("请求看不懂。", "The request cannot be understood."),
    "wrong.403": (
        "请求没有来自本页面，或页面是重启之前打开的。回到待审，再试一次。",
        "The request did not come from a page of this server, or the page is from before a restart. Go back and try again.",
    ),
    "wrong.404": ("没有这个页面。", "There is no such page."),
    "wrong.405": ("这个地址不接受这种请求。", "This address does not take such a request."),
    "wrong.413": ("请求太大。", "The request is too large."),
    "wrong.415": ("只接受网页表单。", "Only forms are taken."),
    "wrong.421": ("这个名字不是本服务器的地址。", "This server does not go by that name."),
    "wrong.500": ("程序出错了；已保存的内容不受影响。", "A bug in the program; nothing that was stored is lost."),
    "wrong.503": ("存储暂时不可用，稍后再试。", "The store is not available at the moment. Try again."),
    "nothing_published": (
        "还没有发布过：第一期发布之后，这里就是读者看到的页面。",
        "Nothing is published yet: readers will find the issues here.",
    ),
    "to_queue": ("回到待审", "Back to the queue"),
    "error.E401": ("没有这个候选。", "There is no such candidate."),
    "error.E402": ("这个候选已经并入另一个。", "This candidate was merged into another."),
    "error.E403": ("已经刊出，只能勘误。", "It stands in a published issue and can only be amended."),
    "error.E404": ("没有这个栏目。", "There is no such section."),
    "error.E407": ("这不是 http(s) 网址：请粘贴完整的页面地址。", "This is no http(s) URL: paste the whole address of the page."),
    "error.E409": ("没有可以撤销或重做的。", "There is nothing to undo or redo."),
    "error.E501": (
        "草稿有错误，没有发布；见下面的检查结果。",
        "The draft has errors and was not published; the check names them.",
    ),
    "error.E502": ("草稿是空的，没有发布。", "The draft is empty and was not published."),
    "error.E504": ("这一天已经有一期：换一个日期。", "That day has an issue already: choose another date."),
    "error.moved_on": ("之后又有新的决定，请在记录里撤销。", "Something was decided since; undo it in the log."),
    "error.unconfirmed": ("没有发布：请先勾选确认。", "Not published: tick the confirmation first."),
    "error.date": ("没有发布：日期看不懂。", "Not published: this is no date."),
    # times
    "never": ("从未", "never"),
    "now": ("即将", "due"),
    "ago": ("{amount}前", "{amount} ago"),
    "in": ("{amount}后", "in {amount}"),
    "s": ("{count} 秒", "{count} s"),
    "min": ("{count} 分钟", "{count} min"),
    "h": ("{count} 小时", "{count} h"),
    "d": ("{count} 天", "{count} d"),
}
_STEPS = ((90, 1, "s"), (5400, 60, "min"), (129_600, 3600, "h"), (float("inf"), 86_400, "d"))


class Words:
    """The words of one language, and the clock of one place."""

    def __init__(self, language: str, time_zone: str) -> None:
        self.chinese = language.lower().replace("_", "-").split("-")[0] == "zh"
        self.tag = "zh-CN" if self.chinese else "en"
        self._words: Mapping[str, str] = {name: pair[0 if self.chinese else 1] for name, pair in TABLE.items()}
        self._zone = ZoneInfo(time_zone)

    def __call__(self, name: str, **values: object) -> str:
        """The words of that name, with values put in; those for one where `count` is 1."""
        name = f"{name}.one" if values.get("count") == 1 and f"{name}.one" in self._words else name
        return self._words[name].format(**values) if values else self._words[name]

    def maybe(self, name: str, otherwise: str) -> str:
        """The words of that name, or what an open set (actions, relations) says itself."""
        return self._words.get(name, otherwise)

    def error(self, error: AggregatorError) -> str:
        """An error in the language of the page where it is a usual one, else in the program's own words; with its code."""
        text = self._words.get(f"error.{error.code}")
        return f"{text or clean_line(str(error), 300)} [{error.code}]"

    def day(self, at: datetime | None) -> str:
        """The date where the newsletter is made."""
        return f"{at.astimezone(self._zone):%Y-%m-%d}" if at else ""

    def moment(self, at: datetime) -> str:
        """Date and time where the newsletter is made."""
        return f"{at.astimezone(self._zone):%Y-%m-%d %H:%M}"

    def ago(self, at: datetime | None, now: datetime) -> str:
        """`3 h ago`, `in 20 min`; "never" for None."""
        if at is None:
            return self("never")
        seconds = (now - at).total_seconds()
        for limit, step, unit in _STEPS:
            if abs(seconds) < limit:
                return self("ago" if seconds >= 0 else "in", amount=self(unit, count=round(abs(seconds) / step)))
        return self("never")
