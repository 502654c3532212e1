import { useMediaQuery } from '@mantine/hooks';
import { useEffect } from 'react';
import { messages } from '../../messages';

/** Below 760 px time runs downward and the panel is a sheet. */
export function usePhone(): boolean {
  return useMediaQuery('(max-width: 759px)', window.matchMedia?.('(max-width: 759px)').matches ?? false, { getInitialValueInEffect: false }) ?? false;
}

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} \u00b7 ${messages.product}`;
  }, [title]);
}
