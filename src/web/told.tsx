import type { ComponentChildren } from 'preact';
import { useExplorer } from './explorer.ts';
import { isWebAddress } from './links.ts';
import type { Words } from './words.ts';

type LanguageMap = Record<string, string>;

/** A text of the record in the reader's language, apart from the text around it (`<bdi>`) and with its own `lang`. */
export function Told({ map }: { map: LanguageMap | null }) {
  const { text, lang } = useExplorer().words.choose(map);
  return <bdi lang={lang}>{text}</bdi>;
}

/** The other texts of a language map, each in its language: what the source said where it was translated. */
export function othersOf(
  map: LanguageMap,
  words: Words,
): [lang: string, text: string][] {
  const { lang } = words.choose(map);
  return Object.entries(map).filter(([one]) => one !== lang);
}

/** A link out of the page. Whatever is no address of the web stays text. */
export function Link({
  href,
  children,
}: {
  href: string;
  children: ComponentChildren;
}) {
  return isWebAddress(href) ? (
    <a href={href} rel="noopener noreferrer nofollow" target="_blank">
      {children}
    </a>
  ) : (
    <span>{children}</span>
  );
}

/** A link to the card of an event: one that may be opened elsewhere too. */
export function EventLink({
  id,
  children,
}: {
  id: string;
  children: ComponentChildren;
}) {
  const { go } = useExplorer();
  return (
    <a
      href={`?event=${encodeURIComponent(id)}`}
      onClick={(click) => {
        if (click.ctrlKey || click.metaKey || click.shiftKey) return;
        click.preventDefault();
        go({ event: id });
      }}
    >
      {children}
    </a>
  );
}
