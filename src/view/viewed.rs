//! A session as panels have it while a frame is drawn: to be read, and to be asked for something.

use super::action::Action;
use super::beside::Side;
use super::drawing::cards::Cards;
use super::evaluations::embeddings::Embedding;
use super::evaluations::interventions;
use super::evaluations::lesions::LesionEvaluation;
use super::evaluations::per_network::View;
use super::evaluations::trial_curves::TrialCurve;
use super::inspection::Pinned;
use super::inspection::facts::{Life, Now};
use super::matrices::{MatrixKind, MatrixView};
use super::order::NeuronOrder;
use super::rank::Ranks;
use super::session::Session;
use crate::episode::Tape;
use crate::render::Matrix;
use std::ops::Deref;
use std::sync::Arc;

/// A session in one frame. Whoever draws reads it, and changes nothing: what a viewer does is an [`Action`], and all panels
/// of a frame show the same. It is done once the frame has been drawn.
///
/// What takes time is found when it is first asked for, which is why some reading needs it exclusively.
pub struct Viewed<'a> {
    session: &'a mut Session,
    actions: &'a mut Vec<Action>,
}

impl<'a> Viewed<'a> {
    /// The session, and where actions are put.
    pub fn new(session: &'a mut Session, actions: &'a mut Vec<Action>) -> Self {
        Self { session, actions }
    }

    /// Asks for something to be done after this frame.
    pub fn act(&mut self, action: Action) {
        self.actions.push(action);
    }

    /// Says in words what is under the pointer in this frame.
    pub fn say(&mut self, words: impl Into<String>) {
        self.session.hover = Some(words.into());
    }

    /// Says what that is, where it can be pinned.
    pub fn point(&mut self, pinned: Pinned) {
        self.session.point(pinned);
    }

    /// Says which cell (row, column) of matrices of this size is under the pointer in a frame.
    pub fn point_at_cell(&mut self, frame: u64, [rows, columns]: [usize; 2], cell: (usize, usize)) {
        self.session.windows.point_at(frame, rows, columns, cell);
    }

    /// Says what the colours of H reach in a panel that is drawn in a frame.
    pub fn reach(&mut self, frame: u64, reach: f32) {
        self.session.windows.reach(frame, reach);
    }

    /// See [`Session::trace`].
    pub fn trace(&mut self) -> Option<Arc<Matrix>> {
        self.session.trace()
    }

    /// See [`Session::ghost`].
    pub fn ghost(&mut self) -> Option<(Arc<Tape>, Vec<f32>)> {
        self.session.ghost()
    }

    /// See [`Session::matrix`].
    pub fn matrix(&mut self, kind: MatrixKind) -> Option<MatrixView> {
        self.session.matrix(kind)
    }

    /// See [`Session::matrix_of`].
    pub fn matrix_of(&mut self, kind: MatrixKind, side: Side) -> Option<MatrixView> {
        self.session.matrix_of(kind, side)
    }

    /// See [`Session::neurons`].
    pub fn neurons(&mut self) -> Option<Arc<NeuronOrder>> {
        self.session.neurons()
    }

    /// See [`Session::life`].
    pub fn life(&mut self) -> Option<Arc<Life>> {
        self.session.life()
    }

    /// See [`Session::now`].
    pub fn now(&mut self) -> Option<Arc<Now>> {
        self.session.now()
    }

    /// See [`Session::ask_ranks`].
    pub fn ask_ranks(&mut self, kind: MatrixKind) -> &Ranks {
        self.session.ask_ranks(kind)
    }

    /// See [`Session::look_at_distributions`].
    pub fn look_at_distributions(&mut self) {
        self.session.look_at_distributions();
    }

    /// See [`Session::request_embedding`].
    pub fn request_embedding(&mut self) -> View<Embedding> {
        self.session.request_embedding()
    }

    /// See [`Session::request_trial_curve`].
    pub fn request_trial_curve(&mut self) -> View<TrialCurve> {
        self.session.request_trial_curve()
    }

    /// See [`Session::request_intervention_evaluation`].
    pub fn request_intervention_evaluation(&mut self) -> interventions::View {
        self.session.request_intervention_evaluation()
    }

    /// See [`Session::request_lesion_evaluation`].
    pub fn request_lesion_evaluation(&mut self, parameter: &str) -> Option<LesionEvaluation> {
        self.session.request_lesion_evaluation(parameter)
    }

    /// See [`Session::cards`].
    pub fn cards(&mut self) -> Option<Cards> {
        self.session.cards()
    }

    /// See [`Session::cards_can`].
    pub fn cards_can(&mut self) -> [bool; 2] {
        self.session.cards_can()
    }

    /// See [`Session::can_redraw`].
    pub fn can_redraw(&mut self) -> bool {
        self.session.can_redraw()
    }
}

impl Deref for Viewed<'_> {
    type Target = Session;

    fn deref(&self) -> &Session {
        self.session
    }
}
