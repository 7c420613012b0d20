import { useRef, useState } from 'preact/hooks';
import { replaced, valuesOf } from './address.ts';
import { api } from './api.ts';
import { useAsked, useExplorer } from './explorer.ts';
import { keepName } from './names.ts';

const MOST = 8;

/** A search field for actors in any script; what is nobody's name can be searched for as words. */
export function Typeahead() {
  const { address, words, go, tell } = useExplorer();
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState(0);
  const [shown, setShown] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const name = text.trim();
  const { answer } = useAsked(name === '' ? null : name, async (signal) => {
    // A pause in typing, so that not every letter asks; the next letter ends it.
    await new Promise((resolve) => setTimeout(resolve, 120));
    signal.throwIfAborted();
    const query = new URLSearchParams({ name, limit: String(MOST) });
    const { data } = await api.match(query.toString(), signal);
    return { name, data: data.slice(0, MOST) };
  });
  const candidates = name === '' ? [] : (answer?.data ?? []);
  const open = shown && name !== '';
  const at = Math.min(chosen, candidates.length);
  const clear = () => {
    setText('');
    setShown(false);
    setChosen(0);
  };
  const choose = (index: number) => {
    const found = candidates[index]?.actor;
    if (found === undefined) {
      go({ filters: replaced(address.filters, 'q', [name]) });
    } else {
      keepName(found.id, found.name);
      const actors = valuesOf(address, 'actor');
      if (!actors.includes(found.id))
        go({
          filters: replaced(address.filters, 'actor', [...actors, found.id]),
        });
      tell(words.say('actor.chosen', { name: words.choose(found.name).text }));
    }
    clear();
  };
  return (
    <div class="typeahead">
      <input
        ref={field}
        id="search"
        type="text"
        role="combobox"
        autocomplete="off"
        spellcheck={false}
        aria-label={words.say('search')}
        aria-expanded={open}
        aria-controls="candidates"
        aria-autocomplete="list"
        aria-activedescendant={open ? `candidate-${at}` : undefined}
        placeholder={words.say('search')}
        value={text}
        onInput={({ currentTarget: { value } }) => {
          setText(value);
          setChosen(0);
          setShown(true);
        }}
        onFocus={() => setShown(true)}
        onBlur={() => setShown(false)}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown')
            setChosen(Math.min(at + 1, candidates.length));
          else if (event.key === 'ArrowUp') setChosen(Math.max(at - 1, 0));
          else if (event.key === 'Enter' && open) {
            // Before the answer to these very letters came, nobody has been chosen.
            if (answer?.name === name) choose(at);
          } else if (event.key === 'Escape' && text !== '') {
            clear();
            event.stopPropagation();
          } else return;
          event.preventDefault();
        }}
      />
      <ul
        id="candidates"
        role="listbox"
        aria-label={words.say('search')}
        hidden={!open}
      >
        {candidates.map(({ actor, score }, index) => {
          const shownName = words.choose(actor.name);
          return (
            <li
              key={actor.id}
              id={`candidate-${index}`}
              role="option"
              aria-selected={index === at}
              // The field would lose the focus, and the list would close, before a click is one.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => choose(index)}
            >
              <bdi lang={shownName.lang}>{shownName.text}</bdi>
              <small>
                {words.say(`actor.${actor.kind}`)} · {Math.round(score)}
              </small>
            </li>
          );
        })}
        <li
          id={`candidate-${candidates.length}`}
          role="option"
          aria-selected={at === candidates.length}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => choose(candidates.length)}
        >
          {words.say('search.words')} <bdi>“{name}”</bdi>
        </li>
      </ul>
    </div>
  );
}
