# What the plant wrote into truth.jsonl, for cases: sourced by slot.sh and live.sh. No word here starts a process.
#
#   truth_ns FACT [KEY=VALUE ...]  CLOCK_MONOTONIC of the last such fact, an empty line if there was none
#   truth_off KIND                 the last word on each slot's KIND (mains, supply) is that it fell, or there is none

truth_ns() {
    local line found='' pair
    local -a truth
    mapfile -t truth <truth.jsonl
    for line in "${truth[@]}"; do
        [[ $line = *"\"fact\":\"$1\""* ]] || continue
        for pair in "${@:2}"; do [[ $line = *"\"${pair%%=*}\":"?(\")"${pair#*=}"?(\")[,\}]* ]] || continue 2; done
        found=${line#*'"t_ns":'}
    done
    echo "${found%%,*}"
}

truth_off() {
    local line last
    local -a truth
    local -A word=()
    mapfile -t truth <truth.jsonl
    for line in "${truth[@]}"; do
        [[ $line =~ \"slot\":\"([^\"]*)\",\"fact\":\"$1-(rose|fell)\" ]] || continue
        word[${BASH_REMATCH[1]}]=${BASH_REMATCH[2]}
    done
    for last in "${word[@]}"; do [ "$last" = fell ] || return 1; done
}
