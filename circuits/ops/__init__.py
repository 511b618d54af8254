"""The ops: one family a file, primitives and composites alike."""

from ..apply import elementwise
from .activations import (
    celu,
    elu,
    gelu,
    glu,
    hardsigmoid,
    hardswish,
    hardtanh,
    leaky_relu,
    log_sigmoid,
    mish,
    prelu,
    relu,
    relu6,
    selu,
    sigmoid,
    silu,
    softplus,
    softsign,
    swish,
    tanh,
)
from .attention import attention, cosine_similarity, l2_normalize
from .batch_norm import batch_norm, ghost_batch_norm
from .cast import cast
from .cells import gru_cell, lstm_cell, rnn_cell
from .concat import concat, stack, unconcat, unstack
from .conv import conv, depthwise_conv
from .conv_transposed import conv_transposed
from .cumulative import cummax, cumprod, cumsum
from .diagonals import diagonal, embed_diagonal
from .eigen import eigh, svd
from .einsum import broadcast, einsum
from .embedding import embedding
from .functions import abs, cos, exp, identity, log, sign, sin, sqrt, square
from .gated import gated_mlp, mlp
from .gather import gather, one_hot, scatter
from .graphs import graph_attention, graph_conv
from .linalg import cholesky, cholesky_solve, inverse, logdet, slogdet, solve, triangular_solve
from .linear import linear
from .linear_attention import hopfield, linear_attention
from .linear_recurrence import delta_rule, ema
from .losses import binary_cross_entropy, cross_entropy, dice_loss, huber, info_nce, kl_divergence, mae, mse, nll
from .masks import causal_mask, masked_softmax, padding_mask, sliding_window_mask
from .multi_head import additive_attention, multi_head_attention
from .normalised import normalised_contraction
from .norms import group_norm, instance_norm, layer_norm, rms_norm, weight_norm
from .order import sort, topk
from .pool import adaptive_avg_pool, avg_pool, global_avg_pool, global_max_pool, max_pool
from .positions import alibi, fourier_features, rotary, sinusoidal
from .recurrent import gru, lstm, rnn
from .reductions import arg, reduce
from .regularise import drop_path, dropout, gaussian_noise, keep
from .resize import patches, pixel_shuffle, pixel_unshuffle, upsample
from .routing import gumbel_softmax, route, vector_quantize
from .running import running, training
from .segments import segment_max, segment_mean, segment_softmax, segment_sum, spmm
from .slices import flip, index, pad, roll, slice
from .softmax import log_softmax, softmax
from .sources import constant, iota, parameter, random
from .spectral import fft, ifft, irfft, rfft
from .spiking import lif
from .stop_gradient import stop_gradient
from .views import merge, permute, rename, split
from .windows import unwindow, window
