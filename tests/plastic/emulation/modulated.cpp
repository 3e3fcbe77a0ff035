// Reads modulated lifetimes from standard input, runs the kernels on them, writes what they made to standard output.
#include "device.h"
#include "memory.h"
// After the host's words for the device:
#include "../../../shaders/modulated.cu"

static void live_and_return() {
    const ModulatedPlan plan = read<ModulatedPlan>(1)[0];
    // threads, steps, steps per launch, shared floats of both kernels, sizes of what all lanes keep, of frames, span and
    // scratch, seed
    const std::vector<int> shape = read<int>(10);
    const int threads = shape[0], steps = shape[1], stride = shape[2];
    const unsigned int lanes = plan.lanes, seed = shape[9];
    const float bound = read<float>(1)[0];
    const size_t neurons = plan.neurons, matrix = neurons * neurons, all = (size_t)steps * lanes * neurons;
    Memory drive(read<float>(all)), w(read<float>(matrix)), alpha(read<float>(matrix));
    Memory mod_parameters(read<float>(3 * neurons + 2)), activity_grad(read<float>(all));
    Memory activity(all), modulator((size_t)steps * lanes), state(shape[5], 0.0f), frames(shape[6]);
    for (int step = 0; step < steps; step += stride)
        device::launch({lanes, 1, 1}, threads, shape[3], seed + step, [&] {
            modulated_forward(plan, step, std::min(stride, steps - step), bound, drive.at(step * lanes * neurons), w.at(),
                              alpha.at(), mod_parameters.at(), activity.at(), modulator.at(), state.at(), frames.at());
        });
    Memory delta(all), alpha_grad(lanes * matrix), mod_grads(lanes * (3 * neurons + 2));
    Memory span(shape[7]), scratch(shape[8]);
    device::launch({lanes, 1, 1}, threads, shape[4], seed + 77, [&] {
        modulated_backward(plan, steps, bound, w.at(), alpha.at(), mod_parameters.at(), activity.at(), modulator.at(),
                           activity_grad.at(), frames.at(), delta.at(), alpha_grad.at(), mod_grads.at(), span.at(),
                           scratch.at());
    });
    for (Memory* memory : {&activity, &modulator, &state, &frames, &delta, &alpha_grad, &mod_grads, &span, &scratch})
        memory->check("memory of the device");
    for (Memory* memory : {&activity, &modulator, &state, &delta, &alpha_grad, &mod_grads}) memory->write();
}

int main() { live_and_return(); }
