# What zsh proposes for a line: zsh -f capture.zsh SCRIPT LINE
zmodload zsh/zpty
zpty inner zsh -f -i
zpty -w inner "PS1=; PS2=; stty -echo; cd ${(q)3}; autoload -Uz compinit; compinit -u -D; source ${(q)1}
compadd() { [[ \"\$*\" == *-[OAD]\ * ]] && { builtin compadd \"\$@\"; return }; local -a hits; builtin compadd -A hits \"\$@\"; (( \$#hits )) && print -rl -- \"<hit>\"\$^hits; builtin compadd \"\$@\" }
capture() { _main_complete; print -r -- '<end>'; compstate[insert]=; compstate[list]= }
zle -C capture complete-word capture; bindkey '^I' capture; print -r -- '<''ready>'"
local line
while zpty -r inner line; do [[ $line == *'<ready>'* ]] && break; done
zpty -w -n inner "$2"$'\t'
while zpty -r inner line; do
  line=${line//$'\r'/}
  [[ $line == *'<end>'* ]] && break
  [[ $line == *'<hit>'* ]] && print -r -- ${${line##*<hit>}%$'\n'}
done
zpty -d inner
