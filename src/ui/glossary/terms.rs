//! The table of symbols and names. Places begin with `DP` for *Differentiable plasticity* and with `BP` for
//! *Backpropamine*.

use super::Entry;

/// How a neuron computes.
pub(super) const NEURON: &str = "x_j(t) = tanh(Σ_i [w_ij + α_ij H_ij(t)] x_i(t−1))";

/// The decaying rule.
pub(super) const DECAY: &str = "H_ij(t+1) = η x_i(t−1) x_j(t) + (1−η) H_ij(t)";

/// Oja's rule.
pub(super) const OJA: &str = "H_ij(t+1) = H_ij(t) + η x_j(t) (x_i(t−1) − x_j(t) H_ij(t))";

/// The clipped rule.
pub(super) const CLIP: &str = "H_ij(t+1) = clip(H_ij(t) + η x_i(t−1) x_j(t), ±c)";

/// Simple neuromodulation.
pub(super) const SIMPLE: &str = "H_ij(t+1) = clip(H_ij(t) + M(t) x_i(t−1) x_j(t), ±c)";

/// Retroactive neuromodulation.
pub(super) const RETROACTIVE: &str =
    "H_ij(t+1) = clip(H_ij(t) + M(t) E_ij(t), ±c)\nE_ij(t+1) = (1−η) E_ij(t) + η x_i(t−1) x_j(t)";

/// The modulator.
pub(super) const MODULATOR: &str = "M(t) = tanh(Σ_i m_i x_i(t) + c)";

/// How a class becomes likely.
pub(super) const SOFT_MAX: &str = "y_j(t) = soft-max_j(Σ_i [w_ij + α_ij H_ij(t)] φ_i(t) + 1000 · label_j(t))";

/// How features are written.
pub(super) const FEATURES: &str = "decay: H_ij(t+1) = (1−η) H_ij(t) + η φ_i(t) y_j(t)\noja: H_ij(t+1) = H_ij(t) + η y_j(t) (φ_i(t) − y_j(t) H_ij(t))\nclip: H_ij(t+1) = clip(H_ij(t) + η φ_i(t) y_j(t), ±c)";

const fn entry(
    term: &'static str,
    name: &'static str,
    meaning: &'static str,
    equation: &'static str,
    place: &'static str,
) -> Entry {
    Entry { term, name, meaning, equation, place }
}

/// Every symbol and every name.
pub const TERMS: &[Entry] = &[
    // Matrices.
    entry(
        "H",
        "Hebbian trace",
        "What a connection keeps of this episode. It begins at zero and is written at every step from the activities at \
         both ends.",
        DECAY,
        "DP, eq. 2",
    ),
    entry(
        "w",
        "fixed weight",
        "The part of a connection that gradient descent has trained and that no episode changes.",
        NEURON,
        "DP, eq. 1",
    ),
    entry(
        "α",
        "plasticity coefficient",
        "How plastic a connection is: by how much it follows its trace. Trained like w: per synapse, per neuron, or one for \
         all. Whether it matters which connection has which α is another question, which a lesion answers: shuffle them.",
        NEURON,
        "DP, eq. 1",
    ),
    entry("α·H", "plastic part", "What plasticity adds to the weight at this step.", NEURON, "DP, eq. 1"),
    entry(
        "w + α·H",
        "effective weight",
        "The connection as the neurons use it at this step: fixed and plastic part together.",
        NEURON,
        "DP, eq. 1",
    ),
    entry(
        "ΔH",
        "change of the trace",
        "What the trace of each connection gains or loses at this step.",
        "ΔH_ij(t) = H_ij(t+1) − H_ij(t) = η (x_i(t−1) x_j(t) − H_ij(t))",
        "DP, from eq. 2",
    ),
    entry(
        "dL/dw",
        "gradient of w",
        "How much the loss of the last training iteration rises with each weight, through all steps of its episodes.",
        "w ← w − step of Adam along dL/dw",
        "DP, section 3",
    ),
    entry(
        "dL/dα",
        "gradient of α",
        "How much the loss of the last training iteration rises with each plasticity coefficient, through all steps of \
         its episodes.",
        "α ← α − step of Adam along dL/dα",
        "DP, section 3",
    ),
    // Signals.
    entry("x", "activity", "The output of a neuron at a step, from −1 to +1.", NEURON, "DP, eq. 1"),
    entry(
        "input",
        "input",
        "What drives a neuron from outside at this step: its activity is clamped to it, or it is added before the tanh.",
        "x_j(t) = input_j(t), or x_j(t) = tanh(Σ_i [w_ij + α_ij H_ij(t)] x_i(t−1) + input_j(t))",
        "DP, sections 4.1 and 4.5",
    ),
    entry(
        "M",
        "modulator",
        "What the network itself computes at every step to say how much, and with which sign, its traces are written: \
         from −1 to +1 where it is shared, fanned out to M_j(t) = a_j M(t) + b_j where it is per neuron.",
        MODULATOR,
        "BP",
    ),
    entry(
        "E",
        "eligibility trace",
        "What each connection would write: a fading memory of the activities at both ends, which M(t) writes into H \
         later.",
        RETROACTIVE,
        "BP",
    ),
    entry(
        "η",
        "plasticity rate",
        "How fast the trace, or the eligibility trace, takes up what is new and lets go of what was there. One number \
         of the network, trained like w and α.",
        DECAY,
        "DP, eq. 2",
    ),
    entry(
        "age",
        "age of the network",
        "Iterations of training that the network in view has behind it. The folder of a run keeps it at several ages, and \
         each of them can live the episode in view: drag, or press , and .",
        "",
        "",
    ),
    entry(
        "step",
        "step t",
        "The step of the episode in view, counted from 1: H(t) is the trace that x(t) is computed with.",
        NEURON,
        "DP, eq. 1",
    ),
    // One look.
    entry(
        "y",
        "probability of a class",
        "How likely the drawing of a step is of a class, from 0 to 1; while a label is given, what that says.",
        SOFT_MAX,
        "DP, section 4.4",
    ),
    entry(
        "φ",
        "features",
        "What the convolutions make of the drawing of a step. H is written with the features and the probabilities of the \
         same step: those of a labelled drawing go into the column of its class.",
        FEATURES,
        "DP, section 4.4",
    ),
    entry(
        "soft-max",
        "soft-max",
        "The features of a step and what each class has of them become a probability of each class; a label is added before \
         and leaves nothing to the others.",
        SOFT_MAX,
        "DP, section 4.4",
    ),
    entry(
        "label",
        "label",
        "Which class is named with the drawing of a step: 1 for that class, 0 for the others, times 1000 before the \
         soft-max. The query has none.",
        SOFT_MAX,
        "DP, section 4.4",
    ),
    entry(
        "classes",
        "classes",
        "Among how many characters the query is to be found: outputs of the plastic layer.",
        "",
        "DP, section 4.4",
    ),
    // Rules.
    entry(
        "rule",
        "plasticity rule",
        "How the trace is written at every step.",
        "H_ij(t+1) follows from H_ij(t), x_i(t−1) and x_j(t)",
        "DP, eq. 2 and 3; Backpropamine",
    ),
    entry(
        "decaying Hebb",
        "decaying Hebb",
        "The trace is a running mean of the products of activities: it fades where nothing is written.",
        DECAY,
        "DP, eq. 2",
    ),
    entry(
        "Oja",
        "Oja's rule",
        "The trace does not fade without activity, and stays bounded all the same.",
        OJA,
        "DP, eq. 3",
    ),
    entry(
        "clipped Hebb",
        "clipped Hebb",
        "The products of activities are summed, and the sum is cut off at ±c.",
        CLIP,
        "BP, without modulation",
    ),
    entry(
        "simple neuromodulation",
        "simple neuromodulation",
        "The network itself says at every step, by M(t), how much of it is written.",
        SIMPLE,
        "BP",
    ),
    entry(
        "retroactive neuromodulation",
        "retroactive neuromodulation",
        "The network itself says, by M(t), how much of what happened shortly before is written.",
        RETROACTIVE,
        "BP",
    ),
    entry(
        "Written by",
        "written by",
        "Which events of the episode have written how much of H at this step; together they are H.",
        "H_ij(t) = Σ_s η (1−η)^(t−1−s) x_i(s−1) x_j(s)",
        "DP, from eq. 2",
    ),
    // The network in view.
    entry("source", "source", "The file, the run or the bundled network that is looked at.", "", ""),
    entry("task", "task", "What the network is trained for: it says what an episode is and how it is scored.", "", ""),
    entry(
        "neurons",
        "neurons",
        "How many recurrent neurons there are. One that remembers patterns has one for each element, and a bias that is \
         always 1.",
        "",
        "DP, section 4.1",
    ),
    entry(
        "parameters",
        "parameters",
        "How many numbers gradient descent trains: w, α, η, and whatever leads into the neurons and out of them. H is \
         none of them.",
        "patterns: 2 · 1001² + 1 with w, α and η",
        "DP, section 4.1",
    ),
    entry("plastic layer", "plastic layer", "Which of the network's plastic layers is looked at.", "", ""),
    entry("trained for", "trained for", "How many training iterations the network in view has had.", "", ""),
    entry(
        "learned from",
        "learned from",
        "What training showed the network, as its file tells it. A fingerprint is 64 bits that follow from all pictures, \
         or from all parameters: where it differs, they do.",
        "",
        "",
    ),
    entry(
        "imported from",
        "imported from",
        "The file of another program whose numbers these are; what it was trained on is not on record.",
        "",
        "",
    ),
    entry(
        "world",
        "world",
        "Settings of the task that are other in this test than they were in training: the network lives in a world that \
         it was not trained in.",
        "",
        "",
    ),
    entry(
        "episode seed",
        "episode seed",
        "What decides all that is random in an episode: the same seed is the same episode.",
        "",
        "",
    ),
    // Training.
    entry(
        "training seed",
        "training seed",
        "What decides all that is random in a training run, first parameters and episodes alike: the same seed is the \
         same run, bit for bit.",
        "",
        "",
    ),
    entry(
        "device",
        "device",
        "Where the next run computes; auto takes the CPU, or a graphics processor that a few iterations show to be faster.",
        "",
        "",
    ),
    entry(
        "Train one step",
        "one training step",
        "One iteration: a batch of episodes, their loss, one step of the optimiser. Then training is paused again.",
        "p ← p − lr · m / (√v + ε) for each parameter p, m and v the running means of its gradient and its square",
        "Adam (Kingma & Ba 2015)",
    ),
    entry(
        "speed limit",
        "speed limit",
        "The most iterations per second, from 0.5 to 100, so that training can be watched; none is as fast as it goes. \
         What is learned is the same.",
        "",
        "",
    ),
    entry(
        "iterations",
        "iterations",
        "How many iterations the next run is to have; each episode, or batch of episodes, changes the network once. A run \
         can be stopped before, and one that has ended can go on for more.",
        "",
        "",
    ),
    entry("iteration", "iteration", "How many iterations the run has done, and how many it is to have.", "", ""),
    entry(
        "error",
        "bits with the wrong sign",
        "The fraction of the bits of the cued pattern whose sign is wrong at the last step, from 0 to 100 %; chance is \
         25 % where half of them are given.",
        "",
        "DP, section 4.1 and fig. 2",
    ),
    entry(
        "correlation",
        "correlation",
        "Between network output and target on the blanked part of the picture at the last step, from −1 to +1.",
        "",
        "",
    ),
    entry(
        "accuracy",
        "share of right answers",
        "How often the likeliest class is the one that the last drawing is of; by chance it is one in as many as there are.",
        "",
        "DP, section 4.4 and table 1",
    ),
    entry(
        "perplexity",
        "perplexity",
        "Among how many equally likely words the network would have had to choose to be as unsure of the next one as it was, \
         on average; less is better.",
        "e to the mean of −ln p(next word)",
        "BP, section 4.2 and table 1",
    ),
    entry(
        "reward",
        "reward per episode",
        "All that the agent was paid in an episode, less what walking into walls has cost.",
        "R = Σ_t r(t)",
        "DP, section 4.5 and fig. 6",
    ),
    entry(
        "loss",
        "loss",
        "What training makes smaller, averaged over the episodes of the batch: the squared error of the last step, and \
         for an agent that of advantage actor-critic.",
        "L = Σ_j (x_j(T) − target_j)²",
        "DP, section 4.1",
    ),
    entry(
        "gradient norm",
        "gradient norm",
        "The length of the gradient of all parameters together, before it is clipped.",
        "√(Σ_p (dL/dp)²)",
        "",
    ),
    entry("speed", "speed", "Training iterations per second, of the last ones.", "", ""),
    entry("iterations/s", "speed", "Training iterations per second.", "", ""),
    entry("time left", "time left", "Until the last iteration, at the present speed.", "", ""),
    entry("saved", "saved", "The last iteration that is on disk; a run can go on from there.", "", ""),
    entry(
        "viewing",
        "viewing",
        "The iteration whose network is in view. Training goes on behind it; Follow training keeps the view on the newest.",
        "",
        "",
    ),
    // Agents.
    entry(
        "value",
        "value",
        "The discounted reward that the agent expects from here on, computed from its activities.",
        "V(t) ≈ r(t) + γ r(t+1) + γ² r(t+2) + …",
        "DP, section 4.5",
    ),
    entry("last reward", "last reward", "What its last action brought, as the agent is told.", "", "DP, section 4.5"),
    entry(
        "last action",
        "last action",
        "Its last action, as the agent is told.",
        "",
        "published code of the maze task",
    ),
    entry(
        "time",
        "time",
        "How much of the episode has passed, from 0 to 1, as the agent is told.",
        "t / T",
        "published code of the maze task",
    ),
    entry(
        "policy",
        "policy",
        "The probability of each action at this step; the action is drawn from it.",
        "p(a) = exp(y_a) / Σ_b exp(y_b)",
        "DP, section 4.5",
    ),
    // The window.
    entry(
        "range of the colours",
        "range of the colours",
        "The magnitude at which colours end, the same for negative and positive numbers. 99.5 % spans all but the \
         strongest values; what lies beyond is clipped.",
        "",
        "",
    ),
    entry("playback speed", "playback speed", "1× is 20 steps per second, by the clock on the wall.", "", ""),
];
