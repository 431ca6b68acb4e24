//! The cost of calls against the number of items, as an SVG with logarithmic axes.

use std::fmt::Write;

use crate::bench::growth::{Growth, as_float};

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 400.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 110.0;
const TOP: f64 = 20.0;
const BOTTOM: f64 = 50.0;

/// The height of a label.
const LABEL: f64 = 13.0;

/// The powers of ten of the axes.
const ITEMS: (i32, i32) = (1, 5);
const INSTRUCTIONS: (i32, i32) = (5, 10);

/// Colors that people with color blindness can tell apart.
const COLORS: [&str; 5] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#555555"];

/// The plot of all parts.
pub(crate) fn render(all: &[Growth]) -> String {
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
         font-family=\"sans-serif\" font-size=\"12\">\n\
         <title>Instructions of one call by the number of items</title>\n\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#ffffff\"/>\n"
    );
    axes(&mut svg);
    let mut lines: Vec<_> = all.iter().zip(COLORS).collect();
    let end = |growth: &Growth| growth.points.last().map_or(0.0, |(_, figure)| *figure);
    lines.sort_by(|(one, _), (other, _)| end(other).total_cmp(&end(one)));
    let mut label = 0.0;
    for (growth, color) in lines {
        line(&mut svg, growth, color, &mut label);
    }
    svg.push_str("</svg>\n");
    svg
}

fn axes(svg: &mut String) {
    let (left, right) = (LEFT, WIDTH - RIGHT);
    for power in INSTRUCTIONS.0..=INSTRUCTIONS.1 {
        let y = y(10_f64.powi(power));
        // Writing to a string does not fail.
        let _ = writeln!(
            svg,
            "<line x1=\"{left}\" y1=\"{y:.1}\" x2=\"{right}\" y2=\"{y:.1}\" stroke=\"#dddddd\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">10<tspan dy=\"-4\" font-size=\"9\">\
             {power}</tspan></text>",
            left - 8.0,
            y + 4.0
        );
    }
    for power in ITEMS.0..=ITEMS.1 {
        let x = x(10_f64.powi(power));
        let (top, bottom) = (TOP, HEIGHT - BOTTOM);
        let _ = writeln!(
            svg,
            "<line x1=\"{x:.1}\" y1=\"{top}\" x2=\"{x:.1}\" y2=\"{bottom}\" stroke=\"#dddddd\"/>\
             <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">10<tspan dy=\"-4\" \
             font-size=\"9\">{power}</tspan></text>",
            bottom + 18.0
        );
    }
    let _ = writeln!(
        svg,
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">Items</text>\
         <text transform=\"translate(16 {:.1}) rotate(-90)\" text-anchor=\"middle\">Instructions of \
         one call</text>",
        f64::midpoint(left, right),
        HEIGHT - 10.0,
        f64::midpoint(TOP, HEIGHT - BOTTOM)
    );
}

/// Draws a line with its label, below the label of the line before.
fn line(svg: &mut String, growth: &Growth, color: &str, label: &mut f64) {
    let places: Vec<(f64, f64)> = growth
        .points
        .iter()
        .map(|(size, instructions)| (x(as_float(*size)), y(*instructions)))
        .collect();
    let Some((end_x, end_y)) = places.last() else {
        return;
    };
    *label = (end_y + 4.0).max(*label + LABEL);
    let points: Vec<_> = places
        .iter()
        .map(|(x, y)| format!("{x:.1},{y:.1}"))
        .collect();
    let _ = writeln!(
        svg,
        "<polyline points=\"{}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"2\"/>\
         <text x=\"{:.1}\" y=\"{:.1}\" fill=\"{color}\">{}</text>",
        points.join(" "),
        end_x + 6.0,
        label,
        growth.part
    );
}

fn x(items: f64) -> f64 {
    place(items, ITEMS, LEFT, WIDTH - RIGHT)
}

fn y(instructions: f64) -> f64 {
    place(instructions, INSTRUCTIONS, HEIGHT - BOTTOM, TOP)
}

/// Where a value is on an axis between two powers of ten.
fn place(value: f64, (first, last): (i32, i32), begin: f64, end: f64) -> f64 {
    let share = (value.log10() - f64::from(first)) / f64::from(last - first);
    begin + share * (end - begin)
}

#[cfg(test)]
mod tests {
    use super::*;
    use contender_harness::Part;

    #[test]
    fn labels_are_below_each_other() {
        let growth = |part, instructions| Growth {
            part,
            points: vec![(100_000, instructions)],
        };
        let svg = render(&[growth(Part::List, 1e9), growth(Part::Users, 1e9)]);
        let label = |name: &str| {
            let (before, _) = svg.split_once(&format!(">{name}</text>")).unwrap();
            let (_, y) = before.rsplit_once("y=\"").unwrap();
            y.split('"').next().unwrap().parse::<f64>().unwrap()
        };
        assert!(label("users") - label("list") >= 12.9);
    }

    #[test]
    fn line_goes_through_its_points() {
        let growth = Growth {
            part: Part::List,
            points: vec![(10, 1e5), (100_000, 1e10)],
        };
        let svg = render(&[growth]);
        assert!(svg.contains("points=\"70.0,350.0 530.0,20.0\""), "{svg}");
        assert!(svg.contains(">list</text>"), "{svg}");
    }
}
