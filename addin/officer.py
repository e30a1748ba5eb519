"""The officer's buttons (管理员): campaign made, handed out, taken in, reminded, rolled up; no terminal.

She works in the campaign's own workbooks: the roster, 任务设置, or any of its results is the open one, and
says by where it lies which campaign is meant. Nothing in it is run; settings are read as the command line
reads them. The engine of campaigns is loaded when one of these is pressed: a clerk's buttons need none of it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from addin.desk import Desk
from workbook.problems import UnusableInput

if TYPE_CHECKING:
    from workbook.campaign.folder import CampaignFolder

_MOST_NAMED = 5


def new_campaign(desk: Desk) -> None:
    """新建任务: a campaign for last year's reports from the roster that is open, beside its file."""
    _engine()
    from workbook.campaign.folder import SETTINGS_FILE, CampaignFolder  # noqa: PLC0415 - see the module
    from workbook.campaign.opening import init  # noqa: PLC0415

    roster = _saved(desk)
    year = _today().year - 1
    target = roster.parent / f"{year}年度年报任务"
    before = CampaignFolder(roster.parent / f"{year - 1}年度年报任务")
    with desk.busy("正在新建任务……"):
        made = init(target, year, roster, before.path if before.is_campaign() else None)
    desk.app.books.open(str(target / SETTINGS_FILE))
    last = f"，{made.with_last_year}个有上年数" if before.is_campaign() else ""
    desk.say(
        f"{year}年度任务已建好，共{made.units}个单位{last}：{target}\n"
        "请在打开的“任务设置”里核对期限和联系人，保存后按“下发”。"
    )


def hand_out(desk: Desk) -> None:
    """下发: a workbook and a letter for each unit, into outbox."""
    folder = _campaign(desk)
    from workbook.campaign.distribute import distribute  # noqa: PLC0415

    with desk.busy("正在生成各单位的表……"):
        done = distribute(folder, _Progress(desk, "正在生成"))
    without = f"其中{done.without_last_year}个单位没有上年数。" if done.without_last_year else ""
    desk.say(f"已生成{done.books}张表、{done.letters}份通知，在：{folder.outbox}\n{without}")


def receive(desk: Desk) -> None:
    """接收复核: whatever lies in inbox is taken in and checked; the results open."""
    folder = _campaign(desk)
    from workbook.campaign.recheck import recheck  # noqa: PLC0415
    from workbook.campaign.records import State  # noqa: PLC0415
    from workbook.results.write import write_results  # noqa: PLC0415

    with desk.busy("正在接收、复核……"):
        done = recheck(folder, workers=1, progress=_Progress(desk, "正在复核"))
        written = write_results(folder.path, _today())
    desk.app.books.open(str(written.paths[0]))
    said = "、".join(f"{state.label}{done.states[state]}个" for state in State if done.states.get(state))
    desk.say(
        f"收到{done.received}个文件，本次复核{done.examined}个。单位：{said}。\n"
        f"带批注的副本和整改通知在：{folder.returned}"
    )


def remind(desk: Desk) -> None:
    """催报: who still has something to do, with a message for each, ready to be pasted."""
    folder = _campaign(desk)
    from workbook.results.write import write_results  # noqa: PLC0415

    with desk.busy("正在列催报名单……"):
        written = write_results(folder.path, _today())
    book = desk.app.books.open(str(written.paths[0]))
    book.sheets["催报"].activate()
    unsettled = written.gathered.unsettled
    names = "、".join(item.unit.name for item in unsettled[:_MOST_NAMED])
    more = f"等{len(unsettled)}个单位" if len(unsettled) > _MOST_NAMED else ""
    desk.say(
        f"要催报的：{names}{more}。每个单位的话在“催报”页，可直接粘贴。"
        if unsettled
        else "没有要催报的单位。"
    )


def roll_up(desk: Desk) -> None:
    """汇总: the sums in the statutory form, opened; units not in them are named."""
    folder = _campaign(desk)
    from workbook.results.write import consolidate  # noqa: PLC0415

    with desk.busy("正在汇总……"):
        whole, _, sum_ = consolidate(folder.path, None, _today())
    desk.app.books.open(str(whole))
    missing = "、".join(unit.name for unit in sum_.missing[:_MOST_NAMED])
    more = f"等{len(sum_.missing)}个" if len(sum_.missing) > _MOST_NAMED else ""
    tail = f"缺报未计入：{missing}{more}。" if sum_.missing else "没有缺报的单位。"
    desk.say(f"已汇总{len(sum_.parts)}份年报。{tail}")


def _engine() -> None:
    """Raises UnusableInput where the program was installed without the officer's part."""
    try:
        import numpy  # noqa: PLC0415, F401
        import pandas  # noqa: PLC0415, F401
    except ModuleNotFoundError as error:
        raise UnusableInput(
            f"这台电脑上没有装管理员部分，请用完整的安装包重新安装。〔{error.name}〕"
        ) from error


def _campaign(desk: Desk) -> CampaignFolder:
    """The campaign in whose folder the open workbook lies. Raises UnusableInput where it lies in none."""
    _engine()
    from workbook.campaign.folder import CampaignFolder  # noqa: PLC0415

    path = _saved(desk)
    for home in (path.parent, path.parent.parent):
        folder = CampaignFolder(home)
        if folder.is_campaign():
            return folder
    raise UnusableInput("打开的工作簿不在年报任务的文件夹里。请先打开任务的“任务设置.xlsx”，再按这个按钮。")


def _saved(desk: Desk) -> Path:
    """The open workbook's file, with what she has typed so far. Raises UnusableInput for one never saved."""
    book = desk.live.book
    path = Path(str(book.fullname))
    if not path.is_absolute() or not path.is_file():
        raise UnusableInput("请先把打开的工作簿保存到文件夹里，再按这个按钮。")
    book.save()
    return path


class _Progress:
    """Progress in the status bar, a hundred times at most."""

    def __init__(self, desk: Desk, words: str) -> None:
        self._desk, self._words = desk, words

    def __call__(self, done: int, total: int) -> None:
        if done == total or done % max(1, total // 100) == 0:
            self._desk.app.status_bar = f"{self._words}：{done}/{total}"


def _today() -> date:
    return datetime.now(tz=UTC).astimezone().date()
