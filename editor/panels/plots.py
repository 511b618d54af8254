"""Bokeh plots of one look: no toolbar, quiet axes, the colours of the page."""

from __future__ import annotations

from typing import Any

from bokeh.plotting import figure

INK, SOFT, FAINT, LINE = "#1d2430", "#667085", "#98a2b3", "#e4e7ec"
COLOURS = ("#2f6fed", "#d1662a", "#16915b", "#8a4fbf", "#b8336a", "#6b7280")
FONT = "system-ui, sans-serif"


def plot(title: str, *, height: int, x: str = "", **settings: Any) -> Any:
    """An empty plot with its title above it."""
    found: Any = figure(
        title=title,
        height=height,
        sizing_mode="stretch_width",
        x_axis_label=x or None,
        toolbar_location=None,
        outline_line_color=None,
        min_border_right=12,
        min_border_left=44,
        tools="",
        **settings,
    )
    found.background_fill_color = found.border_fill_color = None  # as the panel it stands in
    found.title.text_font, found.title.text_font_size, found.title.text_font_style = FONT, "12px", "bold"
    found.title.text_color = INK
    found.grid.grid_line_color = LINE
    found.axis.axis_line_color = found.axis.major_tick_line_color = LINE
    found.axis.minor_tick_line_color = None
    found.axis.major_label_text_font = found.axis.axis_label_text_font = FONT
    found.axis.major_label_text_color = found.axis.axis_label_text_color = SOFT
    found.axis.major_label_text_font_size = found.axis.axis_label_text_font_size = "11px"
    found.axis.axis_label_text_font_style = "normal"
    found.yaxis.ticker.desired_num_ticks = 4
    return found


def tidy_legend(found: Any, place: str = "top_right") -> None:
    """A legend without a frame."""
    legend = found.legend[0]
    legend.location, legend.border_line_color, legend.background_fill_alpha = place, None, 0.8
    legend.label_text_font, legend.label_text_font_size, legend.label_text_color = FONT, "11px", SOFT
    legend.padding, legend.margin, legend.spacing, legend.glyph_width = 4, 4, 0, 16
