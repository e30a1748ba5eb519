"""What the commands of a campaign do; loaded when one is typed, for it needs numpy and pandas."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Callable
from typing import Any

from workbook.campaign import decisions
from workbook.campaign.distribute import distribute
from workbook.campaign.ledger import Hand
from workbook.campaign.loose import recheck_loose
from workbook.campaign.opening import init
from workbook.campaign.overview import campaign_document, campaign_overview
from workbook.campaign.package import make_package, merge_package
from workbook.campaign.recheck import campaign_at, recheck
from workbook.campaign.rosterbook import roster_book
from workbook.campaign.sheettable import ListMistakes
from workbook.commands.targets import require_suffix, save
from workbook.form.labels import legible
from workbook.problems import UnusableInput
from workbook.results.write import consolidate, roll_up_document, write_results

_MOST_MISTAKES = 200


def campaign(options: Namespace) -> int:
    """One step of a campaign."""
    try:
        return _STEPS[options.step](options)
    except ListMistakes as wrong:
        # A list has many mistakes and each deserves its line.
        print(f"{wrong.source}有{len(wrong.mistakes)}处要改：", file=sys.stderr)
        for mistake in wrong.mistakes[:_MOST_MISTAKES]:
            print(f"  {legible(str(mistake))}", file=sys.stderr)
        return 2


def _init(options: Namespace) -> int:
    made = init(options.dir, options.year, options.roster, options.previous)
    print(f"任务已建好：{options.dir}，共{made.units}个单位。请看“任务设置.xlsx”，改好期限和联系人后下发。")
    if options.previous:
        print(
            f"  有上年数的单位{made.with_last_year}个；读不准的数{made.doubtful}个（见“上年数核对.xlsx”）。"
        )
        for line in made.unmatched[:20]:
            print(f"  未采用：{legible(line)}")
    return 0


def _roster_template(options: Namespace) -> int:
    require_suffix(options.out, ".xlsx")
    save(options.out, roster_book())
    print(f"已生成：{options.out}")
    return 0


def _distribute(options: Namespace) -> int:
    done = distribute(campaign_at(options.dir), _progress("已生成"))
    print(f"已生成{done.books}张表、{done.letters}份通知，放在{options.dir / 'outbox'}。")
    if done.without_last_year:
        print(f"  其中{done.without_last_year}个单位没有上年数。")
    return 0


def _status(options: Namespace) -> int:
    folder = campaign_at(options.dir)
    if options.json:
        print(json.dumps(campaign_document(folder), ensure_ascii=False, indent=1))
    else:
        print(campaign_overview(folder))
    return 0


def _pass(options: Namespace) -> int:
    state = decisions.pass_over(
        campaign_at(options.dir), options.unit, options.reason, rule=options.rule, finding=options.finding
    )
    print(f"已放行，现在是“{state.label}”。")
    return 0


def _return(options: Namespace) -> int:
    decisions.give_back(campaign_at(options.dir), options.unit, options.reason)
    print("已退回。")
    return 0


def _lock(options: Namespace) -> int:
    decisions.lock(campaign_at(options.dir), options.unit, options.reason)
    print("已锁定。")
    return 0


def _publish(options: Namespace) -> int:
    decisions.publish(campaign_at(options.dir), options.unit, options.url, options.date)
    print("已登记。")
    return 0


def _correct(options: Namespace) -> int:
    decisions.correct(campaign_at(options.dir), options.unit, options.reason)
    print("已重新打开，请单位报更正后的表，放入inbox后核查。")
    return 0


def _set_aside(options: Namespace) -> int:
    decisions.set_aside(campaign_at(options.dir), options.path, options.reason)
    print("已搁置。")
    return 0


def _package(options: Namespace) -> int:
    require_suffix(options.out, ".zip")
    count = make_package(campaign_at(options.dir), options.out, options.unit)
    print(f"上报包已生成：{options.out}，含{count}个单位。")
    return 0


def _merge(options: Namespace) -> int:
    merged = merge_package(campaign_at(options.dir), options.package)
    print(f"已汇入{merged.units}个单位；其中{merged.unknown}个不在本任务的名册中，未汇入。")
    for line in merged.notes[:50]:
        print(f"  {legible(line)}")
    return 0


def _close(options: Namespace) -> int:
    closing = decisions.close(campaign_at(options.dir))
    if closing.closed:
        print("任务已办结，各单位的报告都已锁定。")
        return 0
    print(f"还不能办结：未报{len(closing.missing)}个，待改{len(closing.open)}个。")
    for unit in closing.missing:
        print(f"  未报　{unit.code} {legible(unit.name)}")
    for unit, state in closing.open:
        print(f"  {state.label}　{unit.code} {legible(unit.name)}")
    return 1


_STEPS: dict[str, Callable[[Namespace], int]] = {
    "init": _init,
    "roster-template": _roster_template,
    "distribute": _distribute,
    "status": _status,
    "pass": _pass,
    "return": _return,
    "lock": _lock,
    "publish": _publish,
    "correct": _correct,
    "set-aside": _set_aside,
    "package": _package,
    "merge": _merge,
    "close": _close,
}


def recheck_command(options: Namespace) -> int:
    """Recheck a campaign, or whatever lies in a folder. 1 where a report has an error, else 0."""
    if options.workers is not None and options.workers < 1:
        raise UnusableInput("进程数至少是1。")
    folder = campaign_at(options.dir)
    if not folder.is_campaign():
        return _recheck_loose(options)
    try:
        done = recheck(
            folder, workers=options.workers, scheduler=options.scheduler, progress=_progress("已核查")
        )
    except ListMistakes as wrong:
        print(legible(str(wrong), 4_000), file=sys.stderr)
        return 2
    written = write_results(options.dir, Hand.mine().at.date()) if not options.no_results else None
    if options.json:
        print(json.dumps(campaign_document(folder, findings=True), ensure_ascii=False, indent=1))
    else:
        print(f"收到{done.received}个文件，本次核查{done.examined}个，写出带批注的副本{done.returned}份。")
        print(campaign_overview(folder))
        if written:
            print(f"结果：{written.paths[0]}\n网页：{written.paths[1]}")
    return 1 if done.errors else 0


def consolidate_command(options: Namespace) -> int:
    """The sums in the statutory form. 1 where reports are missing, else 0."""
    whole, own, sum_ = consolidate(options.dir, options.unit, Hand.mine().at.date())
    if options.json:
        print(json.dumps(roll_up_document(sum_, (whole, own)), ensure_ascii=False, indent=1))
    else:
        print(f"已汇总{len(sum_.parts)}份年报：\n  全口径：{whole}\n  本级：{own}")
        for unit in sum_.missing[:50]:
            print(f"  缺报（未按0计）：{unit.code} {legible(unit.name)}")
    return 1 if sum_.missing else 0


def _recheck_loose(options: Namespace) -> int:
    done = recheck_loose(
        options.dir, workers=options.workers, scheduler=options.scheduler, progress=_progress("已核查")
    )
    if options.json:
        print(json.dumps(done.document, ensure_ascii=False, indent=1))
    else:
        print(f"核查了{done.files}个文件，结果在：{done.out}")
        for line in done.lines:
            print(f"  {line}")
    return 1 if done.errors else 0


def _progress(words: str) -> Any:
    """Progress on stderr: a line that renews itself on a terminal, a line every tenth elsewhere."""
    terminal = sys.stderr.isatty()

    def say(done: int, total: int) -> None:
        if terminal:
            print(f"\r{words}{done}/{total}", end="\n" if done == total else "", file=sys.stderr, flush=True)
        elif done == total or done % max(1, total // 10) < 1:
            print(f"{words}{done}/{total}", file=sys.stderr, flush=True)

    return say
