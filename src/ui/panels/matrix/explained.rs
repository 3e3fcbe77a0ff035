//! What is said of each matrix to those who see it for the first time.

use crate::ui::panels::Explanation;
use crate::view::inspection::signals;
use crate::view::matrices::MatrixKind;
use crate::view::order::OrderKind;
use crate::view::session::Session;

/// What `kind` is, how it is read, what it tells, and what to try, as neurons stand in `session`.
pub(super) fn explanation(kind: MatrixKind, session: &Session) -> Explanation {
    let by_pattern = session.scene().is_some_and(|scene| session.ordering.kind(scene) == OrderKind::Example);
    let is_soft_max = session.scene().is_some_and(signals::is_soft_max);
    match kind {
        MatrixKind::Trace if is_soft_max => Explanation {
            sentences: [
                "H, the Hebbian trace: one number for each connection, from the feature of its row to the class of its \
                 column.",
                "A labelled drawing writes its features into the column of its class; warm colours are positive, blue \
                 ones negative, and the background is zero.",
                "The weights stay as they are during an episode: what the network keeps of the drawings stands here.",
            ],
            try_this: "Press Home, then → once for each drawing: with each of them a column appears.",
        },
        MatrixKind::Effective if is_soft_max => Explanation {
            sentences: [
                "w + α·H at this step: the connections from features to classes that the soft-max is made with.",
                "The more the features of a drawing resemble a column, warm where that is warm and blue where it is blue, \
                 the likelier is the class of that column.",
                "What sets it apart from w was written by the drawings that have been shown.",
            ],
            try_this: "Press End and choose w in the row above, then w + α·H again: what changes is what the network \
                       remembers.",
        },
        MatrixKind::Trace => Explanation {
            sentences: [
                "H, the Hebbian trace: one number for each connection, from the neuron of its row to the neuron of its \
                 column.",
                "It is written at every step from the activities at both ends; warm colours are \
                 positive, blue ones negative, and the background is zero.",
                match by_pattern {
                    true => {
                        "Neurons that agree in everything stored stand together, so that each memory is a grid of blocks \
                         of its own and H their sum; the weights stay as they are."
                    }
                    false => {
                        "The weights stay as they are during an episode: what the network keeps of it stands here."
                    }
                },
            ],
            try_this: "Press Home, then hold →: the trace begins at zero and fills step by step.",
        },
        MatrixKind::Weights => Explanation {
            sentences: [
                "w, the fixed weights: one number for each connection, from the neuron of its row to the neuron of its \
                 column.",
                "Warm colours are positive, blue ones negative; gradient descent has set them, and no episode \
                 changes them.",
                "They are what the network knows of all episodes; what it keeps of this one stands in the trace H.",
            ],
            try_this: "Zoom in with the wheel until numbers stand in the cells; double-click to see everything again.",
        },
        MatrixKind::Alpha => Explanation {
            sentences: [
                "α, the plasticity coefficients: how much each connection follows its trace.",
                "In warm colours the trace adds to the weight, in blue it takes away from it, and where α is zero the \
                 connection stays as it was trained.",
                "The picture tells how plastic each connection is, not whether it matters where: that a lesion tells, which \
                 shuffles the values.",
            ],
            try_this: "Press lesion above the matrix: it compares the network with α shuffled, the same everywhere, and \
                       zero.",
        },
        MatrixKind::AlphaTrace => Explanation {
            sentences: [
                "α·H at this step: what plasticity adds to the weight of each connection.",
                "Warm colours add, blue ones take away; it is the trace, seen through α.",
                "This is the part of the network that belongs to this episode alone.",
            ],
            try_this: "Press Home, then hold →: nothing is added at first, and more with every step that is remembered.",
        },
        MatrixKind::Effective => Explanation {
            sentences: [
                "w + α·H at this step: the connections that the neurons really compute with.",
                "Warm colours excite, blue ones inhibit; the activity of a neuron is tanh of its input and of its \
                 column, each number times the activity of its row one step before.",
                "What sets it apart from w was written during the episode.",
            ],
            try_this: "Press End and choose w in the row above, then w + α·H again: what changes is what the network \
                       remembers.",
        },
        MatrixKind::TraceChange => Explanation {
            sentences: [
                "ΔH = H(t+1) − H(t): what this step writes into the trace.",
                "Warm colours are added, blue ones taken away; it follows from the activities at both ends, so whole \
                 rows and columns change together.",
                "It tells which steps write much, and which write over what was there.",
            ],
            try_this: "Press → a few times: every step writes a picture of its own.",
        },
        MatrixKind::WeightGradient => Explanation {
            sentences: [
                "dL/dw: how much the loss of the last training iteration rises with each weight.",
                "The optimiser steps against it: on the whole, weights in warm colours become smaller, blue ones larger.",
                "It tells which connections training is changing now.",
            ],
            try_this: "Train a new network and pause it: each Train one step brings the gradient of one iteration.",
        },
        MatrixKind::AlphaGradient => Explanation {
            sentences: [
                "dL/dα: how much the loss of the last training iteration rises with each plasticity coefficient.",
                "The optimiser steps against it: on the whole, coefficients in warm colours become smaller, \
                 blue ones larger.",
                "It tells which coefficients training is changing now.",
            ],
            try_this: "Train a new network and pause it: each Train one step brings the gradient of one iteration.",
        },
    }
}
