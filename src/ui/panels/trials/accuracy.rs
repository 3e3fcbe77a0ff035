//! Right answers by trial in many episodes: the learning curve inside a life.

use crate::episode::{Tape, Trials as Asked};
use crate::ui::fitting;
use crate::ui::panels::{Explanation, Panel};
use crate::ui::theme::{Palette, mix};
use crate::view::action::Action;
use crate::view::curves::axis::{Scale, Span};
use crate::view::evaluations::EPISODES;
use crate::view::evaluations::interventions::View as Intervened;
use crate::view::evaluations::per_network::View;
use crate::view::evaluations::trial_curves::TrialCurve;
use crate::view::numbers::{grouped, percent};
use crate::view::session::Session;
use crate::view::viewed::Viewed;
use egui::{Align2, Color32, FontId, Pos2, Rect, Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2};
use std::sync::Arc;

/// Room for the numbers at the left and below, and for the answers of the episode in view above those below.
const SCALE: f32 = 38.0;
const NUMBERS: f32 = 15.0;
const OWN: f32 = 10.0;

/// A line of words.
const LINE: f32 = 16.0;

/// The panel; it has no state of its own.
#[derive(Default)]
pub struct Accuracy;

impl Panel for Accuracy {
    fn title(&self) -> &'static str {
        "Accuracy by trial"
    }

    fn note(&self, _session: &Session) -> String {
        format!("{EPISODES} episodes")
    }

    fn has_content(&self, session: &Session) -> bool {
        super::asked(session).is_some()
    }

    fn empty(&self) -> &'static str {
        "Right answers from trial to trial of an episode appear here: open or train a network of the task cue_reward."
    }

    fn explain(&self, _session: &Session) -> Explanation {
        Explanation {
            sentences: [
                "How many of 200 episodes are right in their first trial, their second and so on, with 95 % intervals: \
                 the learning curve inside a life.",
                "The dashed line is what always saying yes would come to; at the foot, green where the episode in view \
                 was right and red where it was wrong.",
                "Where something is done to the trace, the second line is the same episodes with that done to each of \
                 them.",
            ],
            try_this: "Erase the trace in the middle of an episode: the second line falls, and climbs again.",
        }
    }

    fn ui(&mut self, ui: &mut Ui, session: &mut Viewed<'_>) {
        let palette = Palette::of(ui.ctx());
        let Some(tape) = session.scene().map(|scene| Arc::clone(scene.tape())) else { return };
        let say = |ui: &mut Ui, words: &str| {
            fitting::small_ui(ui, words, palette.quiet);
        };
        if !session.can_live() {
            return say(ui, "This tape holds one episode and no settings for another: there are no others to count.");
        }
        // Both are asked for in the first frame, so that a picture waits for both.
        let intervened = session.request_intervention_evaluation();
        let curve = match session.request_trial_curve() {
            View::Found(curve) => curve,
            View::Progress(done) => return say(ui, &format!("running episode {done} of {EPISODES} …")),
            // While a network trains they wait for a moment.
            View::Nothing => return say(ui, &format!("running {EPISODES} episodes …")),
            View::Problem(problem) => {
                fitting::small_ui(ui, &format!("Not run: {problem}."), palette.wrong);
                return;
            }
        };
        let done = match intervened {
            Intervened::Evaluation(found) => {
                found.result.as_ref().and_then(|found| TrialCurve::of(found, curve.iteration))
            }
            _ => None,
        };
        let at = session.clock.at();
        let Some(asked) = tape.content.behaviour().and_then(|behaviour| behaviour.trials.as_ref()) else { return };
        fitting::small_ui(ui, &words(&curve, done.as_ref(), trial_at(asked, at)), palette.text);
        let horizon = session.clock.horizon();
        let chart = Chart { curve: &curve, done: done.as_ref(), tape: &tape, asked, at, horizon, palette };
        chart.ui(ui, session);
    }
}

/// The number of the trial of a step, from 0.
fn trial_at(asked: &Asked, step: usize) -> usize {
    asked.goes().filter(|go| *go < asked.trial_start(step)).count()
}

/// What is known of a trial, in words.
fn words(curve: &TrialCurve, done: Option<&TrialCurve>, trial: usize) -> String {
    let of = |curve: &TrialCurve| {
        let mean = curve.by_trial.get(trial)?;
        let [low, high] = mean.share_interval()?;
        Some(format!("{} ({}–{})", percent(mean.mean()?), percent(low), percent(high)))
    };
    let Some(right) = of(curve) else {
        return format!("after the last of {} trials", curve.by_trial.len());
    };
    let changed = done.and_then(of).map_or_else(String::new, |changed| format!("; with interventions {changed}"));
    let always =
        curve.always_yes.map_or_else(String::new, |yes| format!("{}always yes {}", fitting::BETWEEN, percent(yes)));
    let iteration = grouped(curve.iteration);
    format!("trial {}: {right} are right{changed}{always}{}iteration {iteration}", trial + 1, fitting::BETWEEN)
}

/// What is drawn.
struct Chart<'a> {
    curve: &'a TrialCurve,
    /// The same episodes with what is done to the one in view.
    done: Option<&'a TrialCurve>,
    tape: &'a Tape,
    asked: &'a Asked,
    at: usize,
    /// The last step of the episode in view that may be seen.
    horizon: Option<usize>,
    palette: &'a Palette,
}

impl Chart<'_> {
    fn ui(&self, ui: &mut Ui, session: &mut Viewed<'_>) {
        let whole = ui.available_rect_before_wrap();
        let plot = Rect::from_min_max(whole.min + vec2(SCALE, 4.0), whole.max - vec2(6.0, NUMBERS + OWN));
        if plot.width() < 40.0 || plot.height() < 2.0 * LINE {
            return;
        }
        let count = self.curve.by_trial.len().max(1);
        let x = |trial: usize| plot.left() + plot.width() * (trial as f32 + 0.5) / count as f32;
        let y = |share: f64| plot.bottom() - plot.height() * share as f32;
        let (painter, palette) = (ui.painter(), self.palette);
        let small = FontId::proportional(11.0);
        for tick in Scale::Linear.ticks(Span::new(0.0, 1.0), (plot.height() / 24.0) as usize, (100.0, " %")) {
            painter.hline(plot.x_range(), y(tick.at), Stroke::new(1.0, mix(palette.surface, palette.line, 0.7)));
            let place = pos2(plot.left() - 4.0, y(tick.at));
            painter.text(place, Align2::RIGHT_CENTER, tick.text.unwrap_or_default(), small.clone(), palette.quiet);
        }
        if let Some(yes) = self.curve.always_yes {
            let ends = [pos2(plot.left(), y(yes)), pos2(plot.right(), y(yes))];
            painter.extend(Shape::dashed_line(&ends, Stroke::new(1.0, palette.quiet), 5.0, 4.0));
        }
        let every = (18.0 / (plot.width() / count as f32)).ceil().max(1.0) as usize;
        for trial in (0..count).step_by(every) {
            let place = pos2(x(trial), plot.bottom() + OWN);
            painter.text(place, Align2::CENTER_TOP, (trial + 1).to_string(), small.clone(), palette.quiet);
        }
        painter.text(pos2(whole.left(), plot.bottom() + OWN), Align2::LEFT_TOP, "trial", small, palette.quiet);
        let behaviour = self.tape.content.behaviour();
        // What this episode came to later may still have to be guessed.
        let may_be_seen = |go: &usize| self.horizon.is_none_or(|last| *go <= last);
        for (trial, go) in self.asked.goes().take_while(may_be_seen).enumerate().take(count) {
            let Some(reward) = behaviour.and_then(|behaviour| behaviour.rewards.get(go)) else { continue };
            let color = if *reward > 0.0 { palette.trace } else { palette.wrong };
            let color = if go <= self.at { color } else { mix(palette.surface, color, 0.35) };
            let place = pos2(x(trial), plot.bottom() + OWN / 2.0);
            painter.rect_filled(Rect::from_center_size(place, vec2(5.0, 5.0)), 1.0, color);
        }
        let here = trial_at(self.asked, self.at);
        if here < count {
            painter.vline(x(here), plot.y_range(), Stroke::new(1.0, palette.mark));
        }
        let line = |curve: &TrialCurve, color: Color32| {
            let mut points: Vec<Pos2> = Vec::new();
            for (trial, mean) in curve.by_trial.iter().enumerate().take(count) {
                if let (Some([low, high]), Some(mean)) = (mean.share_interval(), mean.mean()) {
                    painter.vline(x(trial), y(high)..=y(low), Stroke::new(1.0, mix(palette.surface, color, 0.6)));
                    points.push(pos2(x(trial), y(mean)));
                }
            }
            painter.extend(points.iter().map(|point| Shape::circle_filled(*point, 2.5, color)));
            painter.add(Shape::line(points, Stroke::new(1.8, color)));
        };
        line(self.curve, palette.trace);
        if let Some(done) = self.done {
            line(done, palette.alpha);
            // Two curves are told apart by their names, where there is room for them above the axis.
            let mut right = pos2(plot.right(), plot.bottom() - LINE);
            for (name, color) in [("with interventions", palette.alpha), ("control", palette.trace)] {
                let drawn = painter.text(right, Align2::RIGHT_CENTER, name, FontId::proportional(11.0), color);
                right.x = drawn.left() - 10.0;
            }
        }

        let response = ui.interact(plot, ui.scope_id().with("accuracy"), Sense::click());
        let described = words(self.curve, self.done, here);
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &described));
        if let Some(pos) = response.hover_pos() {
            let trial = (((pos.x - plot.left()) / plot.width() * count as f32).max(0.0) as usize).min(count - 1);
            session.say(words(self.curve, self.done, trial));
            if response.clicked()
                && let Some(go) = self.asked.goes().nth(trial)
            {
                session.act(Action::StopAt(go));
            }
        }
        ui.advance_cursor_after_rect(whole);
    }
}
