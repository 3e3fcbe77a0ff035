// Reads a lifetime from standard input, runs the kernels on it, writes what they made to standard output.
#include "device.h"
#include "memory.h"
// After the host's words for the device:
#include "../../../shaders/lifetime.cu"

#include "../../../shaders/adam.cu"
#include "../../../shaders/norm.cu"

static void live_and_return() {
    const Plan plan = read<Plan>(1)[0];
    // blocks, threads, steps, steps per launch, lanes per launch, shared and scratch floats of both kernels, whether
    // dL/d(drive) is wanted, sizes of frames, span and parts, seed
    const std::vector<int> shape = read<int>(14);
    const int blocks = shape[0], threads = shape[1], steps = shape[2], stride = shape[3], together = shape[4];
    const int wants_drive = shape[9];
    const unsigned int seed = shape[13];
    const float bound = read<float>(1)[0];
    const size_t neurons = plan.neurons, lanes = plan.lanes, matrix = neurons * neurons;
    const size_t all = (size_t)steps * lanes * neurons;
    const bool is_plastic = plan.rule != FIXED, is_free = plan.alpha_row != 0;
    Memory drive(read<float>(all)), w(read<float>(matrix));
    Memory alpha(read<float>(!is_plastic ? 0 : is_free ? matrix : plan.alpha_column ? neurons : 1));
    Memory eta(read<float>(1)), activity_grad(read<float>(all));
    Memory activity(all), trace(is_plastic ? lanes * matrix : 0, 0.0f), frames(shape[10]);
    std::vector<int> clamped(steps * lanes, -1);
    for (int step = 0; step < steps; step += stride)
        for (size_t lane = 0; lane < lanes; lane += together) {
            const unsigned int y = std::min<size_t>(together, lanes - lane);
            Memory scratch((size_t)shape[6] * blocks * y);
            std::vector<unsigned int> arrivals(y, 0);
            device::launch({(unsigned int)blocks, y, 1}, threads, shape[5], seed + step, [&] {
                lifetime_forward(plan, (int)lane, step, std::min(stride, steps - step), bound,
                                 drive.at(step * lanes * neurons), w.at(), alpha.at(), eta.at(), activity.at(),
                                 trace.at(), frames.at(), clamped.data(), scratch.at(), arrivals.data());
            });
            scratch.check("scratch");
        }
    Memory delta(all), drive_grad(plan.clamps && wants_drive ? all : 0);
    Memory alpha_grad(!is_plastic ? 0 : is_free ? lanes * matrix : lanes * neurons);
    std::vector<double> eta_grad(is_plastic ? lanes * blocks * (threads / 32) : 0, NAN);
    for (size_t lane = 0; lane < lanes; lane += together) {
        const unsigned int y = std::min<size_t>(together, lanes - lane);
        Memory scratch((size_t)shape[8] * blocks * y), span(shape[11]), parts(shape[12]);
        std::vector<unsigned int> arrivals(y, 0);
        device::launch({(unsigned int)blocks, y, 1}, threads, shape[7], seed + 77, [&] {
            lifetime_backward(plan, (int)lane, steps, wants_drive, bound, drive.at(), w.at(), alpha.at(), eta.at(),
                              activity.at(), activity_grad.at(), frames.at(), clamped.data(), delta.at(),
                              drive_grad.at(), alpha_grad.at(), eta_grad.data(), span.at(), parts.at(), scratch.at(),
                              arrivals.data());
        });
        scratch.check("scratch");
        span.check("span");
        parts.check("parts");
    }
    double eta_sum = 0.0;
    for (double part : eta_grad) eta_sum += part;
    const float eta_total = (float)eta_sum;
    for (Memory* memory : {&activity, &trace, &frames, &delta, &drive_grad, &alpha_grad}) memory->check("an output");
    for (Memory* memory : {&activity, &trace, &delta, &drive_grad, &alpha_grad}) memory->write();
    fwrite(&eta_total, sizeof(float), 1, stdout);
}

static void optimise() {
    // count, then scale, step, root, beta1, beta2, eps
    const unsigned long long count = read<int>(1)[0];
    const std::vector<float> constants = read<float>(6);
    Memory values(read<float>(count)), gradient(read<float>(count)), first(read<float>(count)),
        second(read<float>(count));
    device::launch({3, 1, 1}, 64, 0, 1, [&] {
        adam(values.at(), gradient.at(), first.at(), second.at(), count, constants[0], constants[1], constants[2],
             constants[3], constants[4], constants[5]);
    });
    std::vector<double> sums(3 * 64 / 32, NAN);
    device::launch({3, 1, 1}, 64, 0, 2, [&] { squares(gradient.at(), count, sums.data()); });
    for (Memory* memory : {&values, &first, &second}) {
        memory->check("an output");
        memory->write();
    }
    double total = 0.0;
    for (double sum : sums) total += sum;
    fwrite(&total, sizeof(double), 1, stdout);
}

int main() {
    // A stream of cases: 1 a lifetime, 2 a step of the optimiser.
    for (int kind; fread(&kind, sizeof(int), 1, stdin) == 1;) kind == 1 ? live_and_return() : optimise();
}
