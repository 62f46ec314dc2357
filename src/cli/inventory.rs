//! `aemlint inventory`: every integration that a package or project sets up, right or wrong.

use super::args::Inventory;
use super::bounded_list::{self, MAX_LIST_BYTES};
use super::console::{self, Console};
use super::instance_list::{self, parse_run_modes};
use super::inventory_rows::{self, Row};
use super::options::WhatCounts;
use super::scanning;
use super::setup::{ChosenTarget, Settings};
use super::shelf;
use super::values::InventoryFormat;
use super::{columns, inventory_with, output_files};
use crate::escape;
use crate::facts::link::configurations_on;
use crate::facts::{Kind, Kinds};
use crate::integrations;
use crate::rules::{Answers, Judgement, evaluate_part, merge_copies};
use crate::scan::{Scanned, Sought};
use miette::Report;
use zip_audit::Limits;

/// The columns of a list where nothing says how wide it may be.
const USUAL_WIDTH_COLUMNS: usize = 100;

/// Prints the integrations in the inputs.
///
/// # Errors
/// A mistake in the configuration, an input that cannot be read, a list that cannot be written.
pub(super) fn run(args: &Inventory, console: &Console) -> Result<u8, Report> {
    let settings = Settings::for_inputs(&args.setup.source.config, &args.inputs)?;
    let target = settings.target(args.setup.target);
    if let Some(list) = args.run_modes.as_deref() {
        return on_instance(args, &settings, &parse_run_modes(list, target.target)?, console);
    }
    let (rules, policy) = settings.judging(&args.setup.source.directories, &WhatCounts::default())?;
    let further = args.with.iter().map(|further| further.kind());
    let sought = Sought::by_rules(&rules).with(integrations::KINDS.iter().copied().chain(further));
    let parts = scan(args, &settings, target, sought, console)?;
    let memory = Limits::default().memory;
    let (scanned, judgement) = scanning::judge(parts, target.target, Kinds::all(), |part| {
        evaluate_part(&rules, &part.facts, &part.installed, target.target, &Answers::default(), memory)
    })?;
    let Judgement { findings, not_judged, left_out } = judgement;
    let not_judged = not_judged.len() + left_out.len();
    let (findings, _) = merge_copies(policy.rate(findings));
    let mut rows: Vec<Row> = integrations::integrations(&scanned.facts, &findings).into_iter().map(Row::from).collect();
    rows.extend(inventory_with::rows(&scanned.facts, &findings, &args.with));
    let order = inventory_rows::worst_first(&rows);
    write(args, console, &order, |format, width, kept, left_out| {
        let shortened: Vec<Row>;
        let rows = if left_out == 0 {
            &rows
        } else {
            let further = std::iter::once(Row::left_out(left_out));
            shortened = kept.iter().filter_map(|&index| rows.get(index)).cloned().chain(further).collect();
            &shortened
        };
        match format {
            InventoryFormat::Table if rows.is_empty() => "No integration was found.\n".to_owned(),
            InventoryFormat::Table => inventory_rows::table(rows, width),
            InventoryFormat::Json => json(&inventory_rows::json(rows)),
            InventoryFormat::Csv => inventory_rows::csv(rows),
            InventoryFormat::Markdown => inventory_rows::markdown(rows),
        }
    })?;
    note_unread(scanned.unread().count() + not_judged, console);
    Ok(if not_judged == 0 { scanning::exit_code(&scanned) } else { 3 })
}

/// Prints what an instance with these run modes uses of the configurations in the inputs.
fn on_instance(args: &Inventory, settings: &Settings, modes: &[&str], console: &Console) -> Result<u8, Report> {
    let target = settings.target(args.setup.target);
    let kinds: Kinds = [Kind::Configuration].into_iter().collect();
    let sought = Sought::kinds(kinds.without_properties_of(Kind::Configuration));
    let parts = scan(args, settings, target, sought, console)?;
    let pids: Vec<_> = parts.iter().flat_map(|part| configurations_on(&part.facts, target.target, modes)).collect();
    let headings = &instance_list::HEADINGS;
    let order: Vec<usize> = (0..pids.len()).collect();
    write(args, console, &order, |format, width, kept, left_out| {
        let pids = pids.get(..kept.len()).unwrap_or_default();
        let mut cells = instance_list::cells(pids);
        if left_out > 0 {
            let mut further = vec![String::new(); headings.len()];
            further.first_mut().into_iter().for_each(|cell| *cell = bounded_list::left_out(left_out));
            cells.push(further);
        }
        match format {
            InventoryFormat::Table if cells.is_empty() => "No integration was found.\n".to_owned(),
            InventoryFormat::Table => columns::list(headings, &cells, width),
            InventoryFormat::Json => {
                let mut list = instance_list::json(pids);
                if let Some(list) = list.as_array_mut().filter(|_| left_out > 0) {
                    list.push(serde_json::json!({ "left_out": left_out }));
                }
                json(&list)
            }
            InventoryFormat::Csv => columns::csv(headings, &cells),
            InventoryFormat::Markdown => columns::markdown(headings, &cells),
        }
    })?;
    let unread: usize = parts.iter().map(|part| part.unread().count()).sum();
    note_unread(unread, console);
    Ok(if unread > 0 { 3 } else { 0 })
}

/// What the packages hold, or the bundles of them.
fn scan(
    args: &Inventory,
    settings: &Settings,
    target: ChosenTarget,
    sought: Sought,
    console: &Console,
) -> Result<Vec<Scanned>, Report> {
    let options = scanning::options(settings, &args.inputs.reading, &args.limits, target, sought)?;
    Ok(match &args.bundles.from {
        Some(from) => shelf::scan(from, &args.bundles, &options, console)?,
        None => vec![scanning::scan_with(&args.inputs.paths, &options, console)],
    })
}

/// Writes the list in all its forms, to files and to standard output. `render` makes it of the items at some of the indices
/// `order`, and of the number of those left out.
fn write(
    args: &Inventory,
    console: &Console,
    order: &[usize],
    render: impl Fn(InventoryFormat, usize, &[usize], usize) -> String,
) -> Result<(), Report> {
    let list = |format, width| {
        bounded_list::render(order, MAX_LIST_BYTES, |kept, left_out| render(format, width, kept, left_out))
    };
    for output in &args.outputs {
        output_files::write(&output.file, "list", &list(output.format, USUAL_WIDTH_COLUMNS))?;
    }
    let width = console::width().unwrap_or(USUAL_WIDTH_COLUMNS);
    console.print(list(args.format, width).as_bytes())
}

fn json(list: &serde_json::Value) -> String {
    escape::json(&format!("{list:#}\n")).into_owned()
}

/// Says what was not read or judged.
fn note_unread(count: usize, console: &Console) {
    if count > 0 {
        console.note(&format!(
            "aemlint: not read or judged: {count} (`aemlint check` lists what and why); the list is incomplete"
        ));
    }
}
