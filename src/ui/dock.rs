//! Panels as tiles that can be dragged, split, tabbed and closed.

use crate::ui::panels::{self, Handle, Panel};
use crate::ui::theme;
use crate::view::export::{Look, Words};
use crate::view::layout::arrangement::{Arrangement, Share};
use crate::view::layout::{Choices, Named};
use crate::view::viewed::Viewed;
use egui::{Color32, Rect, Response, Stroke, Ui, Visuals, WidgetText};
use egui_tiles::{
    Behavior, Container, Linear, LinearDir, SimplificationOptions, TabState, Tile, TileId, Tiles, Tree, UiResponse,
};
use std::collections::HashSet;

/// Between two tiles, in points.
const GAP: f32 = 6.0;

/// The panels and where they stand.
pub struct Dock {
    panels: Vec<Box<dyn Panel>>,
    tree: Tree<String>,
    /// The panel that was pressed last, or brought to the front.
    touched: Option<String>,
}

impl Dock {
    /// Every panel of the registry, standing as `arrangement` says.
    pub fn new(arrangement: &Arrangement) -> Self {
        let panels: Vec<_> = panels::PANELS.iter().map(|make| make()).collect();
        let mut dock = Self { panels, tree: Tree::empty(egui::Id::unique("dock")), touched: None };
        dock.arrange(arrangement);
        dock
    }

    /// Puts the panels where `arrangement` says, as far as there are such panels.
    pub fn arrange(&mut self, arrangement: &Arrangement) {
        let mut tiles = Tiles::default();
        let exists = |title: &str| self.panels.iter().any(|panel| panel.name() == title);
        self.tree = match arrangement.repaired(exists) {
            Some(arrangement) => {
                let root = insert(&mut tiles, &arrangement);
                Tree::new(egui::Id::unique("dock"), root, tiles)
            }
            None => Tree::empty(egui::Id::unique("dock")),
        };
    }

    /// Where the panels stand now; `None` when all have been closed.
    pub fn arrangement(&self) -> Option<Arrangement> {
        // Containers that have lost all their panels stay in the tree until it is drawn.
        read(&self.tree.tiles, self.tree.root()?)?.repaired(|_| true)
    }

    /// How they stand and what has been chosen in them, under the name of the layout that was chosen last.
    pub fn look(&self, layout: Named) -> Look {
        let arrangement = self.arrangement().unwrap_or_else(|| layout.arrangement());
        Look { layout, arrangement, choices: self.choices(), presents: false, words: Words::default() }
    }

    /// The names of all panels of the registry, with whether they are open.
    pub fn panels(&self) -> Vec<(&'static str, bool)> {
        let open: Vec<&String> = self
            .tree
            .tiles
            .tiles()
            .filter_map(|tile| match tile {
                Tile::Pane(title) => Some(title),
                Tile::Container(_) => None,
            })
            .collect();
        self.panels.iter().map(|panel| (panel.name(), open.iter().any(|title| *title == panel.name()))).collect()
    }

    /// The place of a panel in the registry.
    pub fn place_of(&self, panel: &str) -> Option<usize> {
        self.panels.iter().position(|known| known.name() == panel)
    }

    /// The name of a panel as the registry has it; `None` where there is no such panel.
    pub fn name_of(&self, panel: &str) -> Option<&'static str> {
        self.panels.iter().map(|known| known.name()).find(|name| *name == panel)
    }

    /// Where a panel was drawn last; `None` where it is closed, or behind another one.
    pub fn rect_of(&self, name: &str) -> Option<Rect> {
        let tile = self.tree.tiles.find_pane(&name.to_owned())?;
        self.tree.tiles.rect(tile).filter(|_| self.tree.is_visible(tile) && self.is_in_front(tile))
    }

    /// The panel that the viewer has pressed last, or brought to the front, as long as it is seen.
    pub fn touched(&self) -> Option<&str> {
        self.touched.as_deref().filter(|name| self.rect_of(name).is_some())
    }

    /// Whether no tab stands before it.
    fn is_in_front(&self, tile: TileId) -> bool {
        let Some(parent) = self.tree.tiles.parent_of(tile) else { return true };
        let is_active = match self.tree.tiles.get(parent) {
            Some(Tile::Container(Container::Tabs(tabs))) => tabs.active == Some(tile),
            _ => true,
        };
        is_active && self.is_in_front(parent)
    }

    /// What has been chosen in each panel, by its name.
    pub fn choices(&self) -> Choices {
        let told = self.panels.iter().map(|panel| (panel.name().to_owned(), panel.choices()));
        told.filter(|(_, choices)| !choices.is_null()).collect()
    }

    /// Lets a panel show what it is called after.
    pub fn show_own(&mut self, name: &str) {
        self.panels.iter_mut().filter(|panel| panel.name() == name).for_each(|panel| panel.show_own());
    }

    /// Makes choices that [`Self::choices`] has told; what does not fit is passed over.
    pub fn choose(&mut self, choices: &Choices) {
        for panel in &mut self.panels {
            if let Some(choices) = choices.get(panel.name()) {
                panel.choose(choices);
            }
        }
    }

    /// Opens the panel called `title` at the right of the others, or closes it.
    pub fn toggle(&mut self, title: &str) {
        if let Some(tile) = self.tree.tiles.find_pane(&title.to_owned()) {
            self.tree.remove_recursively(tile);
            return;
        }
        let part = Share { share: 0.3, part: Arrangement::Panel(title.to_owned()) };
        let parts = match self.arrangement() {
            Some(Arrangement::Row(mut parts)) => {
                parts.push(part);
                parts
            }
            Some(other) => vec![Share { share: 0.7, part: other }, part],
            None => vec![part],
        };
        self.arrange(&Arrangement::Row(parts));
    }

    /// Opens the panel called `name` as a tab in front of the one called `over`, or brings it to the front.
    pub fn show(&mut self, name: &str, over: &str) {
        match self.arrangement().and_then(|arrangement| arrangement.with_in_front(name, over)) {
            Some(arrangement) => self.arrange(&arrangement),
            None => self.toggle(name),
        }
        self.touched = Some(name.to_owned());
    }

    /// Draws the panels where they stand.
    pub fn ui(&mut self, ui: &mut Ui, session: &mut Viewed<'_>) {
        if self.arrangement().is_none() {
            ui.centered_and_justified(|ui| ui.label("All panels are closed. Layouts are in the upper right corner."));
            return;
        }
        let mut closed = None;
        let mut tabbed = HashSet::new();
        for tile in self.tree.tiles.tiles() {
            if let Tile::Container(Container::Tabs(tabs)) = tile
                && tabs.children.len() > 1
            {
                tabbed.extend(tabs.children.iter().copied());
            }
        }
        let touched = &mut self.touched;
        let mut shown = Shown { panels: &mut self.panels, session, closed: &mut closed, tabbed, touched };
        self.tree.ui(&mut shown, ui);
        if let Some(tile) = closed {
            self.tree.remove_recursively(tile);
        }
    }

    /// Draws one panel alone, by its place in the registry.
    pub fn panel_ui(&mut self, ui: &mut Ui, index: usize, session: &mut Viewed<'_>) {
        panels::framed(ui, &mut *self.panels[index], session);
    }
}

fn insert(tiles: &mut Tiles<String>, arrangement: &Arrangement) -> TileId {
    let linear = |tiles: &mut Tiles<String>, dir, parts: &[Share]| {
        let children: Vec<(TileId, f32)> =
            parts.iter().map(|share| (insert(tiles, &share.part), share.share)).collect();
        let mut linear = Linear::new(dir, children.iter().map(|(child, _)| *child).collect());
        for (child, share) in children {
            linear.shares.set_share(child, share);
        }
        tiles.insert_container(linear)
    };
    match arrangement {
        Arrangement::Panel(title) => tiles.insert_pane(title.clone()),
        Arrangement::Row(parts) => linear(tiles, LinearDir::Horizontal, parts),
        Arrangement::Column(parts) => linear(tiles, LinearDir::Vertical, parts),
        Arrangement::Tabs(front, parts) => {
            let children: Vec<TileId> = parts.iter().map(|part| insert(tiles, part)).collect();
            let mut tabs = egui_tiles::Tabs::new(children.clone());
            tabs.active = children.get(*front).copied();
            tiles.insert_container(tabs)
        }
    }
}

fn read(tiles: &Tiles<String>, tile: TileId) -> Option<Arrangement> {
    Some(match tiles.get(tile)? {
        Tile::Pane(title) => Arrangement::Panel(title.clone()),
        Tile::Container(Container::Linear(linear)) => {
            let parts = linear
                .children
                .iter()
                .filter_map(|&child| Some(Share { share: linear.shares[child], part: read(tiles, child)? }))
                .collect();
            match linear.dir {
                LinearDir::Horizontal => Arrangement::Row(parts),
                LinearDir::Vertical => Arrangement::Column(parts),
            }
        }
        Tile::Container(Container::Tabs(tabs)) => {
            let front = tabs.children.iter().position(|child| Some(*child) == tabs.active).unwrap_or(0);
            Arrangement::Tabs(front, tabs.children.iter().filter_map(|&child| read(tiles, child)).collect())
        }
        // Nothing here makes grids; one that appears all the same is read as a column.
        Tile::Container(Container::Grid(grid)) => {
            let parts = grid.children().filter_map(|&child| Some(Share { share: 1.0, part: read(tiles, child)? }));
            Arrangement::Column(parts.collect())
        }
    })
}

/// What the tiles need while they are drawn.
struct Shown<'a, 'b> {
    panels: &'a mut [Box<dyn Panel>],
    session: &'a mut Viewed<'b>,
    closed: &'a mut Option<TileId>,
    /// Tiles that have a tab with their title.
    tabbed: HashSet<TileId>,
    touched: &'a mut Option<String>,
}

impl Behavior<String> for Shown<'_, '_> {
    fn pane_ui(&mut self, ui: &mut Ui, tile: TileId, title: &mut String) -> UiResponse {
        let Some(panel) = self.panels.iter_mut().find(|panel| panel.name() == title) else { return UiResponse::None };
        if ui.input(|input| input.pointer.any_pressed()) && ui.rect_contains_pointer(ui.max_rect()) {
            *self.touched = Some(title.clone());
        }
        match panels::tile(ui, &mut **panel, self.session, self.tabbed.contains(&tile)) {
            Handle::Dragged => UiResponse::DragStarted,
            Handle::Closed => {
                *self.closed = Some(tile);
                UiResponse::None
            }
            Handle::None => UiResponse::None,
        }
    }

    fn tab_title_for_pane(&mut self, title: &String) -> WidgetText {
        // A panel may show another matrix than the one after which it is called.
        let panel = self.panels.iter().find(|panel| panel.name() == title);
        panel.map_or(title.as_str(), |panel| panel.title()).into()
    }

    fn on_tab_button(&mut self, tiles: &mut Tiles<String>, tile: TileId, response: Response) -> Response {
        if let Some(Tile::Pane(title)) = tiles.get(tile).filter(|_| response.clicked()) {
            *self.touched = Some(title.clone());
        }
        response
    }

    fn gap_width(&self, _style: &egui::Style) -> f32 {
        GAP
    }

    fn tab_bar_height(&self, _style: &egui::Style) -> f32 {
        26.0
    }

    fn is_tab_bar_visible(&self, _tile: TileId, tabs: &egui_tiles::Tabs) -> bool {
        tabs.children.len() > 1
    }

    fn tab_bar_color(&self, visuals: &Visuals) -> Color32 {
        visuals.panel_fill
    }

    fn tab_outline_stroke(&self, _: &Visuals, _: &Tiles<String>, _: TileId, _: &TabState) -> Stroke {
        Stroke::NONE
    }

    fn tab_bar_hline_stroke(&self, _: &Visuals) -> Stroke {
        Stroke::NONE
    }

    fn tab_text_color(&self, visuals: &Visuals, _: &Tiles<String>, _: TileId, state: &TabState) -> Color32 {
        if state.active { visuals.strong_text_color() } else { visuals.weak_text_color() }
    }

    fn resize_stroke(&self, style: &egui::Style, state: egui_tiles::ResizeState) -> Stroke {
        match state {
            egui_tiles::ResizeState::Idle => Stroke::NONE,
            egui_tiles::ResizeState::Hovering | egui_tiles::ResizeState::Dragging => {
                Stroke::new(2.0, style.visuals.selection.bg_fill)
            }
        }
    }

    fn dragged_overlay_color(&self, visuals: &Visuals) -> Color32 {
        theme::mix(visuals.panel_fill, visuals.selection.bg_fill, 0.3).gamma_multiply(0.5)
    }

    fn simplification_options(&self) -> SimplificationOptions {
        SimplificationOptions { all_panes_must_have_tabs: false, ..SimplificationOptions::default() }
    }
}
