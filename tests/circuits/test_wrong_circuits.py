"""Every wrong circuit is told exactly what is wrong: place, expected, found, fix."""

from __future__ import annotations

import pytest

from tests.circuits.wrong import WRONG

MESSAGES: dict[str, list[str]] = {
    "softmax_of_missing_axis": [
        "softmax_of_missing_axis/softmax (softmax): expected an axis 'keys' at 'x', found [query key]. Rename an axis or add 'keys'. Did you mean 'key'?",
    ],
    "sizes_eight_and_nine": [
        "sizes_eight_and_nine/broadcast (broadcast): expected p = 8 (axis 'p' of 'linear' is 8 at sizes_eight_and_nine/linear (linear)), found 9 ('p' is given as 9). Make the sizes equal, or give one axis another name.",
    ],
    "product_without_solution": [
        "product_without_solution/split (split): expected n = 500 ('h' is given as 8 at product_without_solution/split (split); axis 'n' is declared as 500 at product_without_solution), found 8*k ('n' is split into h*k). Make the sizes equal, or give one axis another name.",
    ],
    "consumed_twice": [
        "consumed_twice/einsum (einsum): expected two axes 't' and 't'' at 'a', found one axis 't' in [t m]. Give the array a twin: t'.",
    ],
    "forgotten_rename": [
        "forgotten_rename/elementwise (elementwise): expected one operand with all axes [t m s], found [t m] and [s m]. Rename an axis, or say outer=True if every pair is meant.",
    ],
    "produced_axis_passes_over": [
        "produced_axis_passes_over/linear (linear): expected a produced axis 'k' that no input carries, found 'k' passing over 'linear'. The two would be joined into one axis: rename one of them, or use a twin.",
    ],
    "declared_output_differs": [
        "declared_output_differs/out (output): expected [t k], found [t n]. Rename 'n' to 'k', or change the declared type.",
    ],
    "declared_element_differs": [
        "declared_element_differs/out (output): expected Bool[m], found [m]. Cast it, or change the declared type.",
    ],
    "arrow_missing": [
        "linear (linear): expected a spec such as 'm -> k h', found 'm n'. Write one '->'.",
    ],
    "unknown_letter_on_the_right": [
        "einsum (einsum): expected axes of the operands on the right of 'm -> m n', found 'n'. Use broadcast for a new axis.",
    ],
    "square_einsum_without_twin": [
        "einsum (einsum): expected every axis once in 't t', found 't' 2 times. Use a twin: t'.",
    ],
    "bool_in_arithmetic": [
        "bool_in_arithmetic/elementwise (elementwise): expected Whole, Real or Complex in 'x + y', found x: Bool. Use where(x, 1.0, 0.0).",
    ],
    "whole_numbers_in_a_linear_map": [
        "whole_numbers_in_a_linear_map/linear (linear): expected Real at 'x', found Natural(v). Cast it, or change its type.",
    ],
    "mean_of_whole_numbers": [
        "mean_of_whole_numbers/reduce (reduce): expected numbers a mean is defined for, found Natural(v). Cast it to Real.",
    ],
    "reduction_over_nothing": [
        "reduce (reduce): expected at least one axis to fold, found none. Name it with axes=.",
    ],
    "two_sizes_for_one_axis": [
        "two_sizes_for_one_axis: expected m = 8 (axis 'm' is declared as 8 at two_sizes_for_one_axis), found 9 (declared m = 9). Make the sizes equal, or give one axis another name.",
    ],
    "hyperbolic_into_linear": [
        "hyperbolic_into_linear/linear (linear): expected an array in plain space at 'x', found PoincareBall(1). Map it there first (see the space's ops), or retag it.",
    ],
    "names_joined": [
        "names_joined/rename (rename): expected m and n to stay two sizes, found m = n ('n' is renamed 'm'). Declare the constraint 'm = n' if it is meant, or rename an axis.",
    ],
    "call_without_map": [
        "call_without_map/_heads (call): expected an axis 'y' at 'q', found [t k]. Map it: axes=\"y=t\".",
        "call_without_map/_heads (call): expected an axis 'x' at 'v', found [t k]. Map it: axes=\"x=t\".",
    ],
    "call_that_joins": [
        "_heads (call): expected every axis once in output 'out', found 't' 2 times. Map one of them to the twin t'.",
    ],
    "map_of_unknown_axis": [
        "_heads (call): expected an axis or size of '_heads' (k x y), found 'z'. Map a name it has.",
    ],
    "too_few_arguments": [
        "too_few_arguments/_heads (call): expected 2 inputs (q, v), found 1. Connect one wire to each port.",
    ],
    "repeat_that_changes_type": [
        "_narrowing (repeat): expected output 'out' of '_narrowing' to be the next round's 'x' [m], found [n]. Make what is carried keep its type.",
    ],
    "tied_repeat_of_differing_sizes": [
        "_level (repeat): expected the weights of a tied repeat to be the same in every round ('linear.weight' [c[1] c[0]]), found [c[2] c[1]] in the next round. Keep the sizes equal, or drop tied=True.",
    ],
    "indexed_repeat_without_number": [
        "_level (repeat): expected a number of rounds for a body with an index, found n. Give a number.",
    ],
    "repeat_no_times": [
        "_rescaled (repeat): expected 1 to 10000 rounds, found 0. Change times.",
    ],
    "scan_along_missing_axis": [
        "scan_along_missing_axis/_cell (scan): expected an axis 't' at 'x', found [s m]. Rename an axis or add 't'.",
    ],
    "scan_of_unknown_input": [
        "_cell (scan): expected inputs of '_cell' in along, found 'xs'. Name an input of the body. Did you mean 'x'?",
    ],
    "scan_with_too_many_states": [
        "_cell (scan): expected 3 states at both ends of '_cell', found 2 inputs and 2 outputs. Change carried.",
    ],
    "state_changes_shape": [
        "_widening (scan): expected the next state of 'h' [k], found 'out' [k m]. Make what is carried keep its type.",
    ],
    "unknown_weight": [
        "unknown_weight/linear (linear): expected one of its weights ('weight', 'bias'), found 'weights_of'. Feed a weight it has. Did you mean 'weight'?",
    ],
    "fed_weight_lacks_axis": [
        "fed_weight_lacks_axis/linear (linear): expected an axis 'm' at 'weight', found [n]. Rename an axis or add 'm'.",
    ],
    "tie_to_nobody": [
        "tie_to_nobody/encoder (linear): expected another node named 'encodr' to share weights with, found none. Name a node of the same circuit.",
    ],
    "tie_of_different_weights": [
        "tie_of_different_weights/narrow (linear): expected the weights of 'wide' (weight[p m], bias[p]), found weight[n p], bias[n]. Share weights between nodes whose weights have the same axes.",
    ],
    "shared_over_missing_axis": [
        "shared_over_missing_axis/softmax (softmax): expected a passing axis for shared='time', found [t]. Name an axis that passes over the draw.",
    ],
    "constraint_that_is_none": [
        "constraint_that_is_none (constraint): expected an equation of sizes, found 'm is h*k'. Write it as 'm = h*k'.",
    ],
    "constraint_against_size": [
        "constraint_against_size: expected m = 9 (axis 'm' is declared as 9 at constraint_against_size), found 2*n (declared m = 2*n). Make the sizes equal, or give one axis another name.",
    ],
    "size_too_large": [
        "broadcast (broadcast): expected numbers of at most 18 digits, found one of 31 in the size '9**16*9**16'. Use smaller numbers.",
    ],
    "expression_of_unknown_function": [
        "elementwise(expression): expected a function, found 'tahn' at position 1. Did you mean 'tan'?",
    ],
    "token_too_large_for_its_table": [
        "token_too_large_for_its_table/gather (gather): expected at most 64, found 100 (Natural(100) at 'index' must stay below v). Enlarge the axis, or lower the bound.",
    ],
    "position_of_another_axis": [
        "position_of_another_axis/gather (gather): expected Index(n) at 'index', found Index(m). Cast it, or change its type.",
    ],
    "merge_that_meets_its_own_name": [
        "merge_that_meets_its_own_name/merge (merge): expected a produced axis 'hk' that no input carries, found 'hk' passing over 'merge'. The two would be joined into one axis: rename one of them, or use a twin.",
    ],
    "concatenation_of_other_axes": [
        "concatenation_of_other_axes/concat (concat): expected an axis 'e' at 'x2', found [s c]. Rename an axis or add 'e'.",
    ],
    "equations_that_exclude_each_other": [
        "equations_that_exclude_each_other: expected t = 3*s+1 (declared t = 3*s + 1 at equations_that_exclude_each_other), found 3*s (declared t = 3*s). Make the sizes equal, or give one axis another name.",
    ],
    "cycle": [
        "cycle/second (elementwise): expected no cycle outside a region, found second -> first -> second. Carry the value through a scan, repeat or fixed_point instead.",
    ],
    "self_cycle": [
        "self_cycle/loop (elementwise): expected no cycle outside a region, found loop -> loop. Carry the value through a scan, repeat or fixed_point instead.",
    ],
    "missing_wire": [
        "missing_wire/add (elementwise): expected wires that exist, found 'imgae'. Connect the port to an existing wire. Did you mean 'image'?",
    ],
    "loose_port": [
        "loose_port/add (elementwise): expected a wire at 'y', found nothing connected. Connect it.",
    ],
    "too_many_wires": [
        "too_many_wires/soft (softmax): expected 1 input (x), found 2. Connect one wire to each port.",
    ],
    "missing_output": [
        "missing_output/y (output): expected a wire that exists, found 'z'. Connect the output.",
    ],
    "same_name_twice": [
        "same_name_twice: expected one node named 'a', found 2. Rename one.",
    ],
    "same_id_twice": [
        "same_id_twice: expected one node id named 'n1', found 2. Rename one.",
    ],
    "call_of_broken": [
        "softmax_of_missing_axis/softmax (softmax): expected an axis 'keys' at 'x', found [query key]. Rename an axis or add 'keys'. Did you mean 'key'?",
        "call_of_broken/inner (call): expected a circuit without problems, found 1 in 'softmax_of_missing_axis'. Mend it first.",
    ],
    "everything_at_once": [
        "everything_at_once/sum (elementwise): expected one operand with all axes [m n], found [m] and [n]. Rename an axis, or say outer=True if every pair is meant.",
        "everything_at_once/soft (softmax): expected an axis 'k' at 'x', found [m]. Rename an axis or add 'k'.",
        "everything_at_once/loose (elementwise): expected a wire at 'x', found nothing connected. Connect it.",
        "everything_at_once/out (output): expected a wire that exists, found 'n9.out'. Connect the output. Did you mean 'n3.out'?",
    ],
}


@pytest.mark.parametrize("name", WRONG)
def test_message(name: str) -> None:
    found = WRONG[name]
    messages = [str(found)] if isinstance(found, Exception) else [str(problem) for problem in found.problems]
    assert messages == MESSAGES[name]


def test_at_least_forty() -> None:
    assert len(WRONG) >= 40 and MESSAGES.keys() == WRONG.keys()
