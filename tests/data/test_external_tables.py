"""Several external tables in one dataset: one consent, each checked, all or nothing.

The small files have the originals' format; their numbers are invented.
"""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from workbench.cli import fetching
from workbench.data import external, via_metro_datasets, via_nesta, via_pooch
from workbench.data.bundled import bundled_root
from workbench.data.canonical import canonical
from workbench.data.catalogue import Catalogue
from workbench.data.descriptor import read_descriptor
from workbench.errors import AbsentDataError, DataIntegrityError

US, EU = "us-metro-knowledge", "eu-nuts2-knowledge"

SPENT = via_metro_datasets.SPENT
YEARS = [str(year) for year in range(2000, 2016)]

# area, code of patents, name
AREAS = {
    "10420": ("110420", "Akron, OH"),
    "12420": ("112420", "Austin-Round Rock, TX"),
    "26420": ("126420", "Houston-The Woodlands-Sugar Land, TX"),
    "31080": ("131100", "Los Angeles-Long Beach-Anaheim, CA"),
    "18500": ("218500", "Corning, NY"),
}


def patents_of(place: int) -> list[int]:
    return [100 * place + year for year in range(16)]


FILES = {
    "cbsa_biz_rd.csv": "\n".join(
        [
            "cbsa_code,cbsa_name,total,total_paidbycompany,total_paidbyothers",
            '31080,"Los Angeles-Long Beach-Anaheim, CA",15000,10000,5000',
            '26420,"Houston-The Woodlands-Sugar Land, TX",6000,5000,1000',
            '12420,"Austin-Round Rock, TX",4000,D,D',
            '10420,"Akron, OH",600,500,100',
            '18500,"Corning, NY",607,607,*',
            "-,All other CBSAs,21152,D,D",
        ]
    ),
    "NSF_univ.csv": "\n".join(
        [
            f'"","Year","Name","RDINST","fice","CITY","{SPENT}","{SPENT}.Flag","cbsacode"',
            '"1",2014,"Kent State University",8799,8799,"Kent",1,"",10420',
            '"2",2015,"Kent State University",8799,8799,"Kent",38000,"",10420',
            '"3",2015,"Kent State University",8799,8799,"Kent",38000,"i",10420',
            '"4",2015,"Anderson Cancer Center",3657,3657,"Houston",800000,"",12420',
            '"5",2015,"Anderson Cancer Center",3657,3657,"Houston",800000,"",12420',
            '"6",2015,"University of Texas at Austin",3658,3658,"Austin",600000,"",12420',
            '"7",2015,"Rice University",3604,3604,"Houston",140000,"",26420',
            '"8",2015,"Texas State",3615,3615,"San Marcos",40000,"",12420',
            '"9",2015,"Texas State",3615,3615,"San Marcos",40000,"",26420',
            '"10",2015,"Alfred University",8775,8775,"Alfred",5000,"",NA',
        ]
    ),
    "cbsa_univ_rd.csv": "\n".join(
        [
            "cbsa_code,rd_total,rd_total_biz",
            "10220,2421.1,0",
            "10420,643885.14,24286.82",
            "12420,13277320.17,1366653.6400000001",
            "26420,5679528.05,225639.63999999998",
            "NA,1783294.89,96669.15",
        ]
    ),
    "USPTO_msa.csv": "\n".join(
        [
            "GeoType,ID Code,U.S. Regional Title," + ",".join(YEARS) + ",Total",
            *(
                f'Metropolitan Statistical Area,{code},"{name}",'
                + ",".join(map(str, patents_of(place)))
                + ",9"
                for place, (code, name) in enumerate(AREAS.values(), start=1)
            ),
            'Metropolitan Statistical Area,110380,"Aguadilla-Isabela-San Sebasti?n, PR"'
            + ",0" * 17,
            "Metropolitan Statistical Area,,-- Subtotal --" + ",5" * 17,
            "," * 19,
        ]
    ),
    "metro_all_updated.csv": "\n".join(
        [
            '"","AREA","Score02","emp2002","emp2010","emp2016"',
            '"1",10420,28.03,322.34,317.75,340.43',
            '"2",12420,NA,669.28,785.56,1000.15',
            '"3",26420,NA,2314.69,2566.16,3000.02',
            '"4",31080,NA,5506.07,5293.06,5973.46',
            '"5",10180,NA,62.56,65.46,67.89',
        ]
    ),
    "Core_Based_Statistical_Areas.csv": "\n".join(
        [
            "OBJECTID,CSAFP,CBSAFP,GEOID,NAME,MEMI,INTPTLAT,INTPTLON",
            *(
                f'{place}, ,{area},{area},"{name}",1,+3{place}.4634618,-07{place}.4751772'
                for place, (area, (_, name)) in enumerate(AREAS.items(), start=1)
            ),
            '17, ,40180,40180,"Riverton, WY",2,+43.0548310,-108.6089349',
        ]
    ),
}

UK = {
    "epo_patent_applications.nuts2.csv": "year,nuts_id,nuts_year_spec,epo_patent_applications\n"
    + "\n".join(
        f"{year},{region},2010,{10 * k + year - 2006}"
        for year in range(2006, 2013)
        for k, region in enumerate(["UKC1", "UKC2", "UKI1"], start=1)
    ),
    "eurostat_berd_data.nuts2.csv": "year,nuts_id,nuts_year_spec,eurostat_berd_data\n"
    "2009,UKC1,2010,164441000.0\n2010,UKC1,2010,157379000.0\n"
    "2009,UKC2,2010,201594000.0\n2010,UKC2,2010,188855000.00000003\n2011,UKC1,2013,1.0\n",
    "eurostat_higher_ed_rd_workforce_data.nuts2.csv": "year,nuts_id,nuts_year_spec,"
    "eurostat_higher_ed_rd_workforce_data\n2009,UKC1,2010,0.0\n2010,UKC1,2010,583000.0\n"
    "2009,UKC2,2010,172298000.0\n2010,UKC2,2010,168804000.0\n",
    "nutspt_2.json": json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "properties": {"id": region, "na": name, "ar": "1"},
                    "geometry": {"type": "Point", "coordinates": [x, y]},
                }
                for region, name, x, y in (
                    ("SE33", "Övre Norrland", 19.2406, 65.99579999929972),
                    ("UKC1", "Tees Valley and Durham", -1.5725, 54.684599999110645),
                    ("UKC2", "Northumberland and Tyne and Wear", -2.0186, 55.316899999117787),
                )
            ],
        }
    ),
}

SMALL = {
    US: (
        FILES,
        {
            "business": {"cbsa_code": list(AREAS)},
            "university_sums": {"cbsa_code": ["10420", "12420", "26420"]},
            "patents": {"ID Code": [code for code, _ in AREAS.values()]},
            "jobs": {"AREA": ["10420", "12420", "26420", "31080"]},
            "points": {"CBSAFP": list(AREAS)},
        },
        {"metros": 5, "panel": 80},
    ),
    EU: (UK, {"points": {"id": ["UKC1", "UKC2"]}}, {"regions": 2, "panel": 21}),
}


def write_small(name: str, folder: Path) -> None:
    """Write a small dataset: the descriptor with fewer rows, and the digests of small files."""
    files, only, rows = SMALL[name]
    raw = json.loads((bundled_root() / name / "datapackage.json").read_text("utf-8"))
    for resource in raw["resources"]:
        resource["only"] = only.get(resource["name"], resource.get("only", {}))
    for part in raw["parts"]:
        part["rows"] = rows[part["name"]]
    folder.mkdir(parents=True)
    descriptor_file = folder / "datapackage.json"
    descriptor_file.write_text(json.dumps(raw), encoding="utf-8")
    for resource, read in zip(raw["resources"], read_descriptor(folder).resources, strict=True):
        table = canonical(files[read.path].encode(), read, label=read.path)
        resource["values"] = "sha256:" + hashlib.sha256(table).hexdigest()
    descriptor_file.write_text(json.dumps(raw), encoding="utf-8")


def no_network(url, *, folder, name):
    raise ConnectionError(url)


@pytest.fixture(params=[US, EU])
def name(request) -> str:
    return str(request.param)


@pytest.fixture
def place(tmp_path, monkeypatch) -> Path:
    """A folder of small datasets; empty cache and mirror, no network."""
    for dataset in SMALL:
        write_small(dataset, tmp_path / "geodata" / dataset)
    (tmp_path / "mirror").mkdir()
    monkeypatch.delenv(external.MIRROR, raising=False)
    monkeypatch.setattr(external, "cache_folder", lambda: tmp_path / "cache")
    monkeypatch.setattr(via_pooch, "download", no_network)
    return tmp_path


def mirror(place, monkeypatch, name, *, without=(), **changed):
    for file, text in SMALL[name][0].items():
        if file not in without:
            (place / "mirror" / file).write_text(changed.get(file, text), encoding="utf-8")
    monkeypatch.setenv(external.MIRROR, str(place / "mirror"))


def arriving(name, log, *, but=(), **changed):
    """A download that brings each file by its name; some do not answer."""

    def download(url, *, folder, name=name):
        log.append(name)
        if name in but:
            raise ConnectionError(url)
        (folder / name).write_text(changed.get(name, texts[name]), encoding="utf-8")
        return folder / name

    texts = SMALL[name][0]
    return download


def load(place, name, **options):
    return Catalogue(place / "geodata").load(name, **options)


def cached(place):
    return sorted(file.name for file in (place / "cache").rglob("*") if file.is_file())


def test_what_is_not_here_is_refused_with_every_address_and_every_file(place, name):
    with pytest.raises(AbsentDataError) as caught:
        load(place, name)
    told = str(caught.value)
    files = list(SMALL[name][0])
    descriptor = read_descriptor(place / "geodata" / name)
    assert "expected copies of " in told
    assert "which are not distributed" in told
    assert told.count("Address: https://raw.githubusercontent.com/") == len(files)
    assert "a folder that holds " + " and ".join(r.path for r in descriptor.resources) in told
    assert told.count("Licence: ") == told.count("Source: ") == 1
    for resource in descriptor.resources:
        assert resource.path in files
        assert resource.url in told
        assert any(len(piece) == 40 for piece in resource.url.split("/"))  # a fixed revision
    assert f'wb.load("{name}", download=True)' in told


def test_a_mirror_is_honoured_file_by_file(place, monkeypatch, name):
    files = list(SMALL[name][0])
    mirror(place, monkeypatch, name, without=files[:2])
    with pytest.raises(AbsentDataError) as caught:
        load(place, name)
    wanted = caught.value.expected
    assert all(file in wanted for file in files[:2])
    assert not any(file in wanted for file in files[2:])
    log: list[str] = []
    monkeypatch.setattr(via_pooch, "download", arriving(name, log))
    frame = load(place, name, download=True)
    assert sorted(log) == sorted(files[:2]) == cached(place)
    monkeypatch.setattr(via_pooch, "download", no_network)
    pd.testing.assert_frame_equal(load(place, name), frame)


def test_a_download_says_its_terms_once_and_brings_every_table(place, monkeypatch, name, capsys):
    log: list[str] = []
    monkeypatch.setattr(via_pooch, "download", arriving(name, log))
    load(place, name, download=True)
    told = capsys.readouterr().err
    assert told.count("Licence: ") == told.count("Downloading ") == 1
    assert sorted(log) == sorted(SMALL[name][0]) == cached(place)
    load(place, name, download=True)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("failing", range(3))
def test_one_that_fails_names_itself_and_nothing_half_done_stays(place, monkeypatch, name, failing):
    resource = read_descriptor(place / "geodata" / name).resources[failing]
    monkeypatch.setattr(via_pooch, "download", arriving(name, [], but=[resource.path]))
    with pytest.raises(AbsentDataError, match=f"no answer from {resource.url}"):
        load(place, name, download=True)
    assert cached(place) == []
    head, sep, rest = SMALL[name][0][resource.path].partition("\n")
    text = head + sep + rest.replace("5", "6")
    monkeypatch.setattr(via_pooch, "download", arriving(name, [], **{resource.path: text}))
    with pytest.raises(DataIntegrityError, match=r"other values|no row for") as caught:
        load(place, name, download=True)
    assert caught.value.argument == f"{name}/{resource.path}"
    assert cached(place) == []


def test_of_a_large_table_only_the_named_rows_count(place, monkeypatch):
    patents = FILES["USPTO_msa.csv"]
    mirror(place, monkeypatch, US)
    expected = load(place, US)
    more = patents.replace("110380", "110500").replace(",5,5", ",7,8")  # rows that nobody names
    mirror(place, monkeypatch, US, **{"USPTO_msa.csv": more})
    pd.testing.assert_frame_equal(load(place, US), expected)
    less = "\n".join(line for line in patents.splitlines() if "218500" not in line)
    mirror(place, monkeypatch, US, **{"USPTO_msa.csv": less})
    with pytest.raises(DataIntegrityError, match=r"no row for 1 of them") as caught:
        load(place, US)
    assert caught.value.offenders == ("218500",)
    assert "ID Code is one of 5 values" in str(caught.value)


def test_order_of_rows_and_copies_of_other_software_do_not_matter(place, monkeypatch, name):
    mirror(place, monkeypatch, name)
    expected = load(place, name)
    for file, text in SMALL[name][0].items():
        if file.endswith(".csv"):
            head, *rows = text.strip().splitlines()
            turned = "\r\n".join([head, *reversed(rows)])
            (place / "mirror" / file).write_bytes(b"\xef\xbb\xbf" + turned.encode())
    pd.testing.assert_frame_equal(load(place, name), expected, check_exact=True)


def test_no_geojson_is_refused_by_name(place, monkeypatch):
    for text in ("{", '{"features": [{"properties": {}}]}', "id,na\n"):
        mirror(place, monkeypatch, EU, **{"nutspt_2.json": text})
        with pytest.raises(DataIntegrityError, match="GeoJSON") as caught:
            load(place, EU)
        assert caught.value.argument == f"{EU}/nutspt_2.json"


def test_areas_are_in_one_numbering_with_one_unit(place, monkeypatch):
    mirror(place, monkeypatch, US)
    metros = load(place, US)
    assert metros.index.tolist() == sorted(AREAS)
    assert metros.crs.to_epsg() == 4269
    assert metros.loc["10420", "name"] == "Akron, OH"
    assert metros.geometry["31080"].coords[:] == [(-74.4751772, 34.4634618)]
    # 31100 of 2009 is 31080 of 2013; years 2011 to 2015 are the last five
    assert metros.loc["31080", "patents"] == np.mean(patents_of(4)[-5:])
    assert metros["business_rd"].to_dict() == {
        "10420": 600.0, "12420": 4000.0, "18500": 607.0, "26420": 6000.0, "31080": 15000.0,
    }  # fmt: skip
    assert metros.loc["12420", ["business_rd_own", "business_rd_others"]].isna().all()
    assert np.isnan(metros.loc["18500", "business_rd_others"])
    assert metros["jobs"].isna().to_dict() == {area: area == "18500" for area in metros.index}


def test_universities_count_once_an_area_where_they_are(place, monkeypatch):
    mirror(place, monkeypatch, US)
    metros = load(place, US)
    assert metros["university_rd"].to_dict() == {
        "10420": 38.0,  # repeated for two counties, 2014 left out
        "12420": 640.0,  # without the cancer center of Houston
        "18500": 0.0,
        "26420": 980.0,  # with it, and with one that is in two areas
        "31080": 0.0,
    }
    assert metros["institutions"].tolist() == [1, 2, 0, 3, 0]
    assert metros.loc["12420", "university_rd_sum"] == 13277.32017  # as the source has it
    assert metros["university_rd_sum"].isna().sum() == 2


def test_patents_are_a_panel_of_areas_and_years(place, monkeypatch):
    mirror(place, monkeypatch, US)
    panel = load(place, US, part="panel")
    assert panel.index.levshape == (5, 16)
    assert panel.loc["31080", "patents"].tolist() == patents_of(4)
    assert panel.loc["18500", "patents"].tolist() == patents_of(5)
    # only the table it is made of
    assert list(panel.attrs["provenance"]["sha256"]) == ["USPTO_msa.csv"]


def test_provenance_names_every_table(place, monkeypatch, name):
    mirror(place, monkeypatch, name)
    provenance = load(place, name).attrs["provenance"]
    assert sorted(provenance["sha256"]) == sorted(SMALL[name][0])
    assert all(len(digest) == 64 for digest in provenance["sha256"].values())
    assert str(place) not in json.dumps(provenance)


def test_regions_of_europe_are_means_in_millions(place, monkeypatch):
    mirror(place, monkeypatch, EU)
    regions = load(place, EU)
    assert regions.index.tolist() == ["UKC1", "UKC2"]
    assert regions.crs.to_epsg() == 4326
    assert regions["patents"].tolist() == [15.0, 25.0]
    assert regions["business_rd"].tolist() == [160.91, 195.2245]
    assert regions["university_rd"].tolist() == [0.2915, 170.551]
    panel = load(place, EU, part="panel")
    assert panel.loc[("UKC1", 2009), ["patents", "business_rd", "university_rd"]].tolist() == [
        13.0, 164.441, 0.0,
    ]  # fmt: skip
    assert panel["business_rd"].notna().sum() == 4  # none of London, none of other years


def test_ways_out_lead_out(place, monkeypatch, name):
    files = list(SMALL[name][0])
    monkeypatch.setenv(external.MIRROR, str(place / "nowhere"))
    with pytest.raises(AbsentDataError, match=r"nowhere\), which does not exist") as absent:
        load(place, name)
    assert f"set {external.MIRROR} to a folder that holds " in absent.value.remedy
    # in a mirror that lacks some, those alone are wanted, in that folder
    mirror(place, monkeypatch, name, without=files[:2])
    with pytest.raises(AbsentDataError) as lacking:
        load(place, name)
    assert lacking.value.remedy.endswith(f"put {files[0]} and {files[1]} into that folder")
    # what is wrong is named, whether it cannot be read or has other values
    for text in ("no,table\n1,2", SMALL[name][0][files[0]].replace("1", "3")):
        mirror(place, monkeypatch, name, **{files[0]: text})
        with pytest.raises(DataIntegrityError) as wrong:
            load(place, name)
        assert f"remove {place / 'mirror' / files[0]}, then download" in wrong.value.remedy


def test_a_download_of_other_values_names_its_address_and_no_copy(place, monkeypatch, name):
    resource = read_descriptor(place / "geodata" / name).resources[0]
    monkeypatch.setattr(via_pooch, "download", arriving(name, [], **{resource.path: "a,b\n1,2"}))
    with pytest.raises(DataIntegrityError) as wrong:
        load(place, name, download=True)
    assert "remove" not in wrong.value.remedy  # nothing was kept
    assert f"{external.MIRROR} to a folder with a right copy" in wrong.value.remedy


def test_rows_that_break_off_are_refused_with_other_values(place, monkeypatch):
    whole = json.loads(UK["nutspt_2.json"])
    del whole["features"][2]["properties"]["na"]
    mirror(place, monkeypatch, EU, **{"nutspt_2.json": json.dumps(whole)})
    with pytest.raises(DataIntegrityError, match="other values"):
        load(place, EU)
    head, first, *rest = UK["eurostat_berd_data.nuts2.csv"].splitlines()
    short = "\n".join([head, first.rpartition(",")[0], *rest])
    mirror(place, monkeypatch, EU, **{"eurostat_berd_data.nuts2.csv": short})
    with pytest.raises(DataIntegrityError, match="other values"):
        load(place, EU)


def test_tables_of_other_areas_are_refused():
    tables = {
        "business": pd.DataFrame(
            {"cbsa_code": ["1"], "cbsa_name": "A", "total": "1", "total_paidbycompany": "1",
             "total_paidbyothers": "1"}
        ),
        "patents": pd.DataFrame({"ID Code": ["12"], **dict.fromkeys(YEARS, "1")}),
        "points": pd.DataFrame({"CBSAFP": ["1"], "INTPTLAT": "1", "INTPTLON": "1"}),
    }  # fmt: skip
    resource = read_descriptor(bundled_root() / US).resource("metros")
    with pytest.raises(DataIntegrityError, match="table 'patents'") as caught:
        via_metro_datasets.laid_out(tables, resource)
    assert caught.value.offenders == ("1", "2")
    patents = pd.DataFrame(
        {"year": ["2010"], "nuts_id": ["UKC1"], "epo_patent_applications": ["1"]}
    )
    spent = {
        table: pd.DataFrame({"year": ["2010"], "nuts_id": ["UKC1"], column: ["1"]})
        for table, column in via_nesta.INPUTS.values()
    }
    points = pd.DataFrame({"id": ["UKC2"], "na": "B", "x": "1", "y": "1"})
    resource = read_descriptor(bundled_root() / EU).resource("regions")
    with pytest.raises(DataIntegrityError, match="have patents") as caught:
        via_nesta.laid_out({"patents": patents, "points": points, **spent}, resource)
    assert caught.value.offenders == ("UKC2",)


def test_files_stay_out_of_the_folder_of_datasets(name):
    assert [p.name for p in (bundled_root() / name).iterdir()] == ["datapackage.json"]


def test_the_areas_named_are_those_with_business_research_and_points():
    descriptor = read_descriptor(bundled_root() / US)
    only = {r.name: dict(r.only) for r in descriptor.resources}
    areas = set(only["business"]["cbsa_code"])
    assert len(areas) == 100
    assert set(only["points"]["CBSAFP"]) == areas
    renumbered = via_metro_datasets.RENUMBERED
    assert {renumbered.get(c[1:], c[1:]) for c in only["patents"]["ID Code"]} == areas
    assert areas - set(only["jobs"]["AREA"]) == {"18500", "40080"}
    assert set(only["university_sums"]["cbsa_code"]) < areas


def test_the_terminal_asks_once_for_all_tables(place, monkeypatch, capsys):
    monkeypatch.setattr(fetching, "bundled_root", lambda: place / "geodata")
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    log: list[str] = []
    monkeypatch.setattr(via_pooch, "download", arriving(US, log))
    fetching.get(US, accepted=False)
    told = capsys.readouterr().out
    assert told.count("Download it under these terms?") == 1
    assert told.count("Address: ") == len(log) == len(FILES)
    assert "5 rows are here" in told
