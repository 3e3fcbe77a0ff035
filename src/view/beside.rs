//! A against B: another network beside the one in view, which lives the same lifetime under the same clock, and how their
//! matrices differ.

use super::background::{Errand, Wake};
use super::matrices::{Matrices, MatrixKind, MatrixView, Span};
use super::notice::Notice;
use super::scene::Scene;
use super::session::Session;
use super::session::failures::{Attempt, Failures};
use crate::plastic::{Network, Parameters};
use crate::render::Matrix;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Whose matrix is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// That of the network in view.
    #[default]
    A,
    /// That of the network beside it.
    B,
    /// What the first has more than the second.
    Difference,
}

impl Side {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::A, Self::B, Self::Difference];

    /// On a chip.
    pub fn title(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::Difference => "A − B",
        }
    }

    /// What it is, in a few words.
    pub fn words(self) -> &'static str {
        match self {
            Self::A => "the network in view",
            Self::B => "the network beside it, in the same episode",
            Self::Difference => "how much the network in view has more than the one beside it",
        }
    }
}

/// The network beside the one in view.
#[derive(Default)]
pub struct Beside {
    other: Option<Other>,
    living: Option<(u64, Errand<anyhow::Result<Scene>>)>,
    matrices: Matrices,
    difference: Option<Difference>,
    failures: Failures,
}

struct Other {
    name: String,
    network: Network,
    parameters: Arc<Parameters>,
    iteration: u64,
    /// The scene of the network in view whose lifetime it has lived, and how it has; `None` where that went wrong.
    lived: Option<(u64, Option<Box<Scene>>)>,
}

/// A difference of two matrices, and of which versions of them.
struct Difference {
    of: [u64; 2],
    view: MatrixView,
}

impl Other {
    /// The lifetime of this scene as it has lived it; `None` where it has not.
    fn scene(&mut self, of: u64) -> Option<&mut Scene> {
        self.lived.as_mut().filter(|(known, _)| *known == of)?.1.as_deref_mut()
    }
}

impl Beside {
    /// Whether it still lives.
    pub(super) fn is_looking(&self) -> bool {
        self.living.is_some()
    }

    /// What its thread has found; a network that cannot live the lifetime says why, once.
    fn receive(&mut self, notices: &mut Vec<Notice>, waits: bool) {
        let Some((of, living)) = &self.living else { return };
        let answer = if waits { Some(living.wait_for_answer()) } else { living.answer() };
        let (Some(answer), of) = (answer, *of) else { return };
        self.living = None;
        let scene = answer.unwrap_or_else(|gone| Err(gone.into()));
        match &scene {
            Ok(_) => self.failures.clear(notices, Attempt::Living),
            Err(error) => self.failures.tell(notices, Attempt::Living, format!("The network beside (B): {error:#}.")),
        }
        if let Some(other) = &mut self.other {
            other.lived = Some((of, scene.ok().map(Box::new)));
        }
    }

    /// Lets it live the lifetime in view, where it has not yet.
    fn live(&mut self, scene: &Scene, notices: &mut Vec<Notice>, wake: &Wake) {
        let Some(other) = &mut self.other else { return };
        if other.network != *scene.network() {
            let text = format!("{} (B) is put away: the network in view has other parts.", other.name);
            notices.push(Notice { text, is_error: false });
            return *self = Self::default();
        }
        let of = scene.identity();
        let is_known = other.lived.as_ref().is_some_and(|(known, _)| *known == of);
        if is_known || self.living.as_ref().is_some_and(|(known, _)| *known == of) {
            return;
        }
        if !scene.can_repeat() {
            // An episode of training, of which there may be ten in a second: the panel says that B has not run it.
            other.lived = Some((of, None));
            return;
        }
        let (scene, parameters, iteration) = (scene.clone(), Arc::clone(&other.parameters), other.iteration);
        let living = Errand::start("hebbscope-beside", wake, move |_| scene.grown(parameters, iteration));
        // Without a thread it is tried again in the next frame.
        self.living = living.ok().map(|living| (of, living));
    }
}

impl Session {
    /// Keeps the network in view beside whatever comes into view next, as B.
    pub fn keep_beside(&mut self) {
        let Some(scene) = &self.scene() else { return };
        let name = format!("{}, iteration {}", scene.origin, super::numbers::grouped(scene.iteration));
        let (network, parameters) = (scene.network().clone(), Arc::clone(&scene.parameters));
        let other = Other { name, network, parameters, iteration: scene.iteration, lived: None };
        self.beside = Beside { other: Some(other), ..Beside::default() };
        self.wake_up();
    }

    /// Puts B away.
    pub fn drop_beside(&mut self) {
        self.beside = Beside::default();
    }

    /// What B is called; `None` where there is none.
    pub fn beside(&self) -> Option<&str> {
        Some(&self.beside.other.as_ref()?.name)
    }

    /// Lets B live what is in view. Call once per frame.
    pub(super) fn update_beside(&mut self) {
        self.beside.receive(&mut self.notices, false);
        let wake = self.waker();
        if let Some(scene) = self.scene.as_ref().filter(|_| self.job.is_none()) {
            self.beside.live(scene, &mut self.notices, &wake);
        }
    }

    /// Waits until B has lived; for pictures and tests, never for a frame.
    pub(super) fn settle_beside(&mut self) {
        self.update_beside();
        self.beside.receive(&mut self.notices, true);
    }

    /// The matrix of one side at the step in view. Colours reach as far for both of them; for their difference as far as
    /// it does. `None` where there is none, or B has not lived the lifetime in view.
    pub fn matrix_of(&mut self, kind: MatrixKind, side: Side) -> Option<MatrixView> {
        let own = self.matrix(kind)?;
        let (of, at) = (self.scene()?.identity(), self.clock.at());
        let steps = self.clock.steps();
        let Beside { other, matrices, .. } = &mut self.beside;
        let scene = other.as_mut().and_then(|other| other.scene(of)).filter(|scene| scene.tape().steps == steps);
        let Some(other) = scene.and_then(|scene| matrices.view(scene, at, kind)) else {
            return (side == Side::A).then_some(own);
        };
        let span = Span { most: own.span.most.max(other.span.most), full: own.span.full.max(other.span.full) };
        match side {
            Side::A => Some(MatrixView { span, ..own }),
            Side::B => Some(MatrixView { span, ..other }),
            Side::Difference => self.beside.difference(&own.matrix, &other.matrix),
        }
    }
}

impl Beside {
    fn difference(&mut self, one: &Matrix, other: &Matrix) -> Option<MatrixView> {
        let of = [one.version(), other.version()];
        if let Some(known) = self.difference.as_ref().filter(|known| known.of == of) {
            return Some(known.view.clone());
        }
        let values = one.values().iter().zip(other.values()).map(|(one, other)| one - other).collect();
        let matrix = Arc::new(Matrix::new(one.rows(), one.columns(), values).ok()?);
        let view = MatrixView { span: Span::of(&matrix), matrix };
        self.difference = Some(Difference { of, view: view.clone() });
        Some(view)
    }
}
