"""Values on cards of weights, in locks and beside tests; p-values and intervals in sentences."""

from __future__ import annotations

from workbench.core.russian.tables.words import NESTED

FORMS: dict[str, str] = {
    # numbers in sentences
    "p = {p:n}": "p = {p}",
    "p < {p:n}": "p < {p}",
    "p unknown": "p неизвестно",
    "{value:n} [{low:n}, {high:n}]": "{value} [{low}; {high}]",
    "{value:n} [{low:n}, {high:n}], {p}": "{value} [{low}; {high}], {p}",
    "{name:one} p = {p:n}": "{name} p = {p}",
    # cards of weights
    "rows sum to 1": "суммы строк равны 1",
    "weights as built": "веса без нормировки",
    "every link weighs 1": "все связи весят 1",
    "all weights sum to 1": "сумма всех весов равна 1",
    "all weights sum to the number of regions with neighbours": (
        "сумма всех весов равна числу регионов с соседями"
    ),
    "rows and columns sum to 1": "суммы строк и столбцов равны 1",
    "divided by the largest eigenvalue": "делением на наибольшее собственное число",
    "divided by the smaller of the largest row and column sums": (
        "делением на меньшую из наибольших сумм строк и столбцов"
    ),
    "variance-stabilising": "выравниванием дисперсий",
    "not stated": "не указана",
    "unnamed, Albers Equal Area": "без названия, равновеликая проекция Альберса",
    "all zero": "все равны нулю",
    "not bounded: no region is reached from its own neighbours": (
        "не ограничено: ни один регион не достижим от своих соседей"
    ),
    "{n:n} (ids {digest})": "{n} (контрольная сумма: {digest})",
    "{n:n} ({share:n} of ordered pairs)": "{n} ({share} упорядоченных пар)",
    "{low:n} to {high:n}, mean {mean:n}": "от {low} до {high}, в среднем {mean}",
    "{n:n} (sizes {sizes}, ...)": "{n} (размеры: {sizes}, …)",
    "{n:n} (sizes {sizes})": "{n} (размеры: {sizes})",
    "{n:n} ({ids} and {more:n} more)": "{n} ({ids} и ещё {more})",
    "{low:n} and {high:n} (smallest and largest real)": (
        "{low} и {high} (наименьшее и наибольшее вещественные)"
    ),
    "{low:n} and {high:n} (bounds)": "{low} и {high} (границы)",
    "({low:n}, {high:n})": "({low}; {high})",
    "({low:n}, {high:n}) (safe bounds: the true interval may be wider)": (
        "({low}; {high}) (надёжные границы: сам интервал может быть шире)"
    ),
    # locks
    "hypothesis '{name}'": "гипотеза «{name}»",
    "{digest} ({recipe}, row, {n:n} regions)": (
        "{digest} ({recipe}, нормировка по строкам, регионов: {n})"
    ),
    "W '{name}'": "W «{name}»",
    "models": "модели",
    "outcomes": "результаты",
    "choice": "выбор",
    # neighbourhoods and standard errors by the words that ask for them
    "queen": "общая граница или вершина",
    "rook": "общая граница",
    "knn": "ближайшие соседи",
    "robust": "робастные",
    "clustered-time": "кластерные по периодам",
    "clustered-two-way": "кластерные по регионам и периодам",
    "driscoll-kraay": "Дрисколла–Края",
    "coefficient": "коэффициент",
    # reasons of tests
    "not applicable: {reason}": "неприменимо: {reason}",
    "X and WX together are collinear, or as many as the regions": (
        "X и WX вместе коллинеарны, или их столько же, сколько регионов"
    ),
    "Not applicable: {reason}.": "Неприменимо: {reason}.",
    "Untested: {reason}.": "Не проверено: {reason}.",
    "{n:n} period before": "на {n} {n:период|периода|периодов} раньше",
    "{n:n} periods before": "на {n} {n:период|периода|периодов} раньше",
}

FORMS |= {model: model.upper() for model in NESTED}
