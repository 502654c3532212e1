import type Sigma from 'sigma';
import { zoomLeast } from '../layout/place';

// Look is how the picture lies on the screen: a place p of it is at p * zoom + (x, y).
export interface Look {
  zoom: number;
  x: number;
  y: number;
  width: number; // of the screen
  height: number;
}

// Sigma works in a square of size 1 around the middle of a box. The box is always
// the screen itself, so that at ratio 1 a pixel of the picture is one of the screen.
// Sigma's y grows upwards, ours downwards.
export function setBox(sigma: Sigma, width: number, height: number): void {
  sigma.setCustomBBox({ x: [0, width], y: [-height, 0] });
}

export function lookOf(sigma: Sigma): Look {
  const { width, height } = sigma.getDimensions();
  const { x, y, ratio } = sigma.getCamera().getState();
  const unit = Math.max(width, height);
  const zoom = 1 / ratio;
  const middleX = width / 2 + (x - 0.5) * unit;
  const middleY = height / 2 - (y - 0.5) * unit;
  return { zoom, x: width / 2 - middleX * zoom, y: height / 2 - middleY * zoom, width, height };
}

// stateFor is the camera that shows a place of the picture in the middle.
export function stateFor(width: number, height: number, middle: { x: number; y: number }, zoom: number): { x: number; y: number; ratio: number; angle: number } {
  const unit = Math.max(width, height);
  return { x: 0.5 + (middle.x - width / 2) / unit, y: 0.5 - (middle.y - height / 2) / unit, ratio: 1 / zoom, angle: 0 };
}

// Where the theft stands when not all can be shown, in pixels.
const theftFromLeft = 52;

// fitted shows the whole picture, never enlarged, and where that would be smaller than
// least the part that begins with the theft. top is what the axis takes.
export function fitted(width: number, height: number, picture: { width: number; height: number }, top: number, theft: { x: number; y: number }, least = zoomLeast) {
  const room = height - top;
  const zoom = Math.max(least, Math.min(1, width / picture.width, room / picture.height));
  const wide = picture.width * zoom > width;
  const tall = picture.height * zoom > room;
  const x = wide ? Math.max(width / 2 / zoom, theft.x - theftFromLeft / zoom + width / 2 / zoom) : picture.width / 2;
  const half = room / 2 / zoom;
  const y = tall ? Math.min(picture.height - half, Math.max(half, theft.y)) : picture.height / 2;
  return stateFor(width, height, { x: wide ? Math.min(x, picture.width - width / 2 / zoom) : x, y: y - top / 2 / zoom }, zoom);
}
