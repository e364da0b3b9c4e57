// What each shell has to be told so that it asks `holdfast complete` for what comes next. All that is known about commands is in the
// program; these hand over the words and take lines back: a value, a tabulator, a description, or `:files`.

/** bash cuts words at = and :, and replaces what is behind the last of them; the words are put together again by what lies between them. */
const bash = `_holdfast() {
  local line=$COMP_LINE words=() word current cut value i
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if ((i == 0)) || [[ $line == [[:space:]]* ]]; then
      line=\${line#"\${line%%[![:space:]]*}"}
      words+=("$word")
    else
      words[\${#words[@]} - 1]+=$word
    fi
    line=\${line#"$word"}
  done
  current=\${words[\${#words[@]} - 1]}
  cut=\${current%"\${current##*[:=]}"}
  COMPREPLY=()
  while IFS=$'\\t' read -r value _; do
    if [[ $value == :files ]]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen -f -- "\${current#"$cut"}")
    elif [[ -n $value ]]; then
      COMPREPLY+=("\${value#"$cut"}")
    fi
  done < <("\${words[0]}" complete -- "\${words[@]:1}" 2>/dev/null)
}
complete -F _holdfast holdfast
`;

const zsh = `#compdef holdfast
_holdfast() {
  local line value
  local -a described
  for line in "\${(@f)$(\${(Q)~words[1]} complete -- "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)}"; do
    value=\${line%%$'\\t'*}
    if [[ $value == :files ]]; then
      [[ -prefix --*= ]] && compset -P '*='
      _files
    elif [[ -n $value ]]; then
      described+=("\${value//:/\\\\:}:\${line#*$'\\t'}")
    fi
  done
  ((\${#described})) && _describe holdfast described
}
if [[ $funcstack[1] == _holdfast ]]; then _holdfast "$@"; else compdef _holdfast holdfast; fi
`;

const fish = `function __holdfast_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  for line in ($words[1] complete -- $words[2..-1] "$current" 2>/dev/null)
    if test "$line" = :files
      set -l option (string match -r '^--[^=]*=' -- "$current")
      for path in (__fish_complete_path (string replace -r '^--[^=]*=' '' -- "$current"))
        echo "$option$path"
      end
    else
      echo $line
    end
  end
end
complete -c holdfast -f -a '(__holdfast_complete)'
`;

export const scripts = { bash, zsh, fish } as const;
