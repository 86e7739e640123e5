from dataclasses import replace
from xml.etree import ElementTree as ET

from research.benchmark.growth_chart import TABLE_HEAD, GrowthMeasurement, growth_svg, table_row

SMALL = GrowthMeasurement("folder", 10_000, 900, 200.0, 20.0, 1.5, 1.0, 0.8, 0.3, 0.11, 0.15, 400.0, 320.0, 0.0, 80.0)
LARGE = replace(SMALL, sentences=1_000_000, index=2_000.0, again=40.0, ask_p50=0.2, disk=9_000.0)
SERVED = replace(SMALL, store="server", server_peak=260.0)


def test_shares_are_told_with_embedding_and_without() -> None:
    """1.5 of 20 s without embedding; with it 2 of 70 s."""
    assert "| 1.5 | 7.5% | 2.9% |" in table_row(SMALL)
    assert TABLE_HEAD.splitlines()[0].count("|") == table_row(SMALL).count("|")


def test_only_a_server_has_a_server_s_memory() -> None:
    """The column is empty for a folder."""
    assert "|  | 80 |" in table_row(SMALL)
    assert "| 260 | 80 |" in table_row(SERVED)


def test_each_cost_has_a_panel_with_a_line_for_each_store() -> None:
    """Six panels, two lines each, and a point for each size that was measured."""
    picture = ET.fromstring(growth_svg([SMALL, SERVED, LARGE]))  # noqa: S314 — our own
    namespace = "{http://www.w3.org/2000/svg}"
    panels = picture.findall(f"{namespace}g")
    assert 6 == len(panels)
    for panel in panels:
        assert 2 == len(panel.findall(f"{namespace}polyline"))
        circles = panel.findall(f"{namespace}circle")
        assert 3 == len(circles)
        assert all(0 <= float(circle.get("cy", "-1")) <= 190 for circle in circles)


def test_one_size_can_be_drawn() -> None:
    """A first run has a single point in each panel."""
    assert "circle" in growth_svg([SMALL])
