//! What has been chosen, and the order that is at hand for it. Clusters are found on a thread of their own; until then
//! neurons stand as they stood.

use super::{NeuronOrder, OrderKind, cluster};
use crate::render::Matrix;
use crate::view::background::{Errand, Wake};
use crate::view::layout::Subject;
use crate::view::matrices::MatrixKind;
use crate::view::scene::Scene;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What was chosen for each subject, where somebody chose.
pub type OrderChoices = BTreeMap<Subject, OrderKind>;

/// Of which scene clusters are, and of which matrix.
type ClusterKey = (u64, OrderKind);

/// Clusters in the making.
struct Job {
    key: ClusterKey,
    order: Errand<Option<NeuronOrder>>,
}

/// The order of neurons in all matrices.
#[derive(Default)]
pub struct Ordering {
    chosen: OrderChoices,
    /// The order by activity at a step of a scene.
    by_activity: Option<(u64, usize, Arc<NeuronOrder>)>,
    /// The last clusters that were found; of nothing, where there are none.
    by_cluster: Option<(ClusterKey, Option<Arc<NeuronOrder>>)>,
    job: Option<Job>,
}

impl Ordering {
    /// The order that neurons of `scene` are to stand in.
    pub fn kind(&self, scene: &Scene) -> OrderKind {
        let chosen = self.chosen.get(&scene.subject()).copied();
        chosen.filter(|kind| kind.why_not(scene).is_none()).unwrap_or_else(|| OrderKind::usual(scene))
    }

    /// Lets neurons of networks like that of `scene` stand in another order.
    pub fn choose(&mut self, scene: &Scene, kind: OrderKind) {
        self.chosen.insert(scene.subject(), kind);
    }

    /// What was chosen.
    pub fn choices(&self) -> &OrderChoices {
        &self.chosen
    }

    /// Takes over what was chosen elsewhere.
    pub fn take_choices(&mut self, choices: OrderChoices) {
        self.chosen = choices;
    }

    /// Whether clusters are still being found.
    pub fn is_looking(&self) -> bool {
        self.job.is_some()
    }

    /// The matrix of `scene` whose clusters are wanted and neither known nor looked for.
    pub fn wanted(&self, scene: &Scene) -> Option<MatrixKind> {
        let OrderKind::Cluster(matrix) = self.kind(scene) else { return None };
        let key = (scene.identity(), OrderKind::Cluster(matrix));
        let is_known = self.by_cluster.as_ref().is_some_and(|(known, _)| *known == key);
        let is_sought = self.job.as_ref().is_some_and(|job| job.key == key);
        (!is_known && !is_sought).then_some(matrix)
    }

    /// Looks for the clusters of `matrix`, which [`Self::wanted`] has named; `wake` is called when they are there.
    pub fn request(&mut self, scene: &Scene, matrix: Option<Arc<Matrix>>, wake: &Wake) {
        let key = (scene.identity(), self.kind(scene));
        let among = scene.is_among_itself();
        let found = Errand::start("hebbscope-cluster", wake, move |reporter| {
            matrix.and_then(|matrix| cluster::by_cluster(key.1, &matrix, among, &|| reporter.is_wanted()))
        });
        match found {
            Ok(order) => self.job = Some(Job { key, order }),
            // Without a thread neurons stand as stored.
            Err(_) => self.by_cluster = Some((key, None)),
        }
    }

    /// The order at a step; `None` as stored.
    pub fn at(&mut self, scene: &Scene, step: usize) -> Option<Arc<NeuronOrder>> {
        let kind = self.kind(scene);
        if !matches!(kind, OrderKind::Cluster(_)) {
            self.job = None;
        }
        match kind {
            OrderKind::Stored => None,
            OrderKind::Example => scene.by_example.clone(),
            OrderKind::Activity => {
                let is_now = |(identity, at, _): &(u64, usize, _)| (*identity, *at) == (scene.identity(), step);
                let known = self.by_activity.take().filter(is_now);
                // Putting a thousand numbers in order takes less than a tenth of a millisecond.
                let order = known.map_or_else(|| Arc::new(NeuronOrder::by_activity(scene, step)), |(.., order)| order);
                self.by_activity = Some((scene.identity(), step, Arc::clone(&order)));
                Some(order)
            }
            OrderKind::Cluster(of) => {
                // While a network trains, the clusters of its weights a moment ago are better than none; a trace is
                // that of another lifetime each time.
                let (key, order) = self.by_cluster.as_ref()?;
                let is_fit = key.0 == scene.identity() || (key.1 == kind && !of.moves());
                order.clone().filter(|order| is_fit && order.is_for(scene.shape()))
            }
        }
    }

    /// Takes in clusters that have been found.
    pub fn update(&mut self) {
        let Some(job) = &self.job else { return };
        if let Some(order) = job.order.answer() {
            self.receive(order.unwrap_or_default());
        }
    }

    /// Waits for clusters that are being found; for pictures and tests, never for a frame.
    pub fn settle(&mut self) {
        if let Some(job) = &self.job {
            let order = job.order.wait_for_answer().unwrap_or_default();
            self.receive(order);
        }
    }

    fn receive(&mut self, order: Option<NeuronOrder>) {
        if let Some(job) = self.job.take() {
            self.by_cluster = Some((job.key, order.map(Arc::new)));
        }
    }
}
