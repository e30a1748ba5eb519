"""The buttons: which there are and what they are called.

Ribbon, LibreOffice menu and entry program all go by this list; a task's id is the name of its function in
`addin.buttons`. The ribbon's XML in `macros/` is linted against it, label by label.
"""

from __future__ import annotations

from dataclasses import dataclass

TITLE = "政务公开年报"


@dataclass(frozen=True, slots=True)
class Task:
    """One button; `image` is an Office icon's name (imageMso), `menu`: the cell's context menu has it too."""

    id: str
    label: str
    screentip: str
    group: str
    image: str
    menu: bool = False


CHECKING, FILLING, OFFICE = "核查", "填报", "管理员"

TASKS: tuple[Task, ...] = (
    Task("check", "校验", "核对当前年报，在有问题的单元格加批注；再按一次，批注随改动更新。", CHECKING,
         "DataValidation", menu=True),
    Task("next_finding", "下一处", "选中下一个有问题的单元格，并显示问题。", CHECKING,
         "ReviewNextComment", menu=True),
    Task("clear", "清除批注", "清除“年报核查”加的批注和底色，别人的批注不动。", CHECKING,
         "ReviewDeleteComment"),
    Task("accept_repair", "采纳建议", "把选中单元格的数改成批注里建议的数。", CHECKING,
         "AcceptInvitation", menu=True),
    Task("fill_totals", "一键合计", "各分项填齐的，由分项算出总计和合计，并说明改了哪些格。", FILLING,
         "AutoSum"),
    Task("fill_zeros", "空格填零", "把表格里还空着的格填0，填之前先询问。", FILLING,
         "FillDown"),
    Task("narrate", "生成综述", "按已填的数写出综述文字。", FILLING,
         "TextBoxInsertExcel"),
    Task("new_form", "新建年报", "新建一份空白年报。", FILLING,
         "FileNew"),
    Task("import_report", "导入Word年报",
         "读入公开的年报：上年的填“上年结转”，本年的另成一张表，并列出没读准的格。", FILLING, "FileOpen"),
    Task("export_report", "导出年报", "把当前年报导出成可以公开的Word文档。", FILLING,
         "FileSaveAs"),
    Task("handbook", "规则手册", "查看全部核对规则和依据。", FILLING,
         "Help"),
    Task("new_campaign", "新建任务", "按打开的单位名册新建一个年报任务，放在名册旁边。", OFFICE,
         "FileNew"),
    Task("hand_out", "下发", "给每个单位生成一张表和一份通知。先打开“任务设置”。", OFFICE,
         "FileSaveAs"),
    Task("receive", "接收复核", "接收inbox里的文件，逐份核对，打开结果。", OFFICE,
         "FileOpen"),
    Task("remind", "催报", "列出还没有报、还没有改好的单位，每个单位一段可直接粘贴的话。", OFFICE,
         "ReviewNewComment"),
    Task("roll_up", "汇总", "把各单位的数汇总成法定表式，附每格由哪些单位组成。", OFFICE,
         "PivotTableReport"),
)  # fmt: skip


def task(id_: str) -> Task:
    """The task of an id. KeyError where there is none."""
    for known in TASKS:
        if known.id == id_:
            return known
    raise KeyError(id_)
