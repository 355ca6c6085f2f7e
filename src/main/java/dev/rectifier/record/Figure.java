package dev.rectifier.record;

/** A figure as plain data; {@code report} draws it. */
public sealed interface Figure permits LineFigure, ScatterFigure, BarFigure, HeatMapFigure, PanelFigure {
    /** Name, heading, caption and origin. */
    FigureText text();
}
