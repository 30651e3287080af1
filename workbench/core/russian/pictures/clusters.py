"""Labels of pictures of registries of clusters and of colocation."""

from __future__ import annotations

WORDS: dict[str, str] = {
    "colocation quotient": "коэффициент соседства",
    "beside them": "кто рядом",
    "clusters": "кластеров",
    "clusters by the end of the year": "кластеров к концу года",
    "clusters over the number expected": "кластеров к ожидаемому числу",
    "no cluster listed": "в реестре нет",
    "others": "прочие",
    "year of start": "год начала",
    "Registry of {n} clusters in {held} regions": "Реестр: {n} кластеров в {held} регионах",
    "{total} clusters in {regions} regions, against {named}": "Кластеров: {total}, регионов: "
    "{regions}; сравниваются с показателем: {named}",
    "Colocation quotients of {k} kinds, {n} points ({around})": "Коэффициенты соседства: видов "
    "{k}, точек {n} ({around})",
    "nearest neighbour": "ближайший сосед",
    "{k} nearest neighbours": "ближайших соседей: {k}",
    "neighbours up to {width:g} {unit}": "соседи до {width:g} {unit}",
    "Like beside like": "Свои рядом со своими",
    "Pairs of least p-value": "Пары с наименьшим p",
    "Regions with most": "Регионы с наибольшим числом",
}
