/** Which card: a test card with the story it tells, or any number. The number stays in its field; nothing else shows it. */
import { useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { testCardsQuery } from '../service/queries.ts';
import { Choice, Field, TextInput } from '../shared/field.tsx';

interface CardPickerProps {
  /** What stands in the field while no test card is picked. */
  readonly usual: string;
  readonly fault?: string | null;
  /** It has the focus when it comes. */
  readonly isFirst?: boolean;
  /** A number was put into the field, which the form around it is not told of by itself. */
  readonly onPick?: () => void;
}

export function CardPicker({ usual, fault, isFirst = false, onPick }: CardPickerProps) {
  const { data } = useQuery(testCardsQuery);
  const cards = data?.cards ?? [];
  const [name, setName] = useState('');
  const picked = cards.find((card) => card.name === name);
  const number = useRef<HTMLInputElement>(null);
  return (
    <>
      <Field
        label="Scenario"
        hint={picked?.description ?? 'An ordinary card: rules, rates and risk decide.'}
      >
        {(aria) => (
          <Choice
            value={name}
            autoFocus={isFirst}
            onChange={(event) => {
              const card = cards.find((one) => one.name === event.currentTarget.value);
              setName(card?.name ?? '');
              if (number.current !== null) number.current.value = card?.number ?? usual;
              onPick?.();
            }}
            {...aria}
          >
            <option value="">As drawn</option>
            {cards.map((card) => (
              <option key={card.name} value={card.name}>
                {card.title} (…{card.number.slice(-4)})
              </option>
            ))}
          </Choice>
        )}
      </Field>
      <Field label="Card number" fault={fault}>
        {(aria) => (
          <TextInput
            ref={number}
            name="card_number"
            defaultValue={usual}
            inputMode="numeric"
            autoComplete="off"
            spellCheck={false}
            className="font-mono"
            {...aria}
          />
        )}
      </Field>
    </>
  );
}
