;; A collector that never answers a page.
(component
  (type $run (resource (rep i32)))
  (core func $make (canon resource.new $run))
  (core module $code
    (import "host" "make" (func $make (param i32) (result i32)))
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 8))
    (func (export "open") (param i32 i32) (result i32) (call $make (i32.const 1)))
    (func (export "pull") (param i32) (result i32) (loop (br 0)) (unreachable)))
  (core instance $code (instantiate $code (with "host" (instance (export "make" (func $make))))))
  (func $open (param "request" string) (result (own $run))
    (canon lift (core func $code "open") (memory (core memory $code "memory")) (realloc (core func $code "realloc"))))
  (func $pull (param "self" (borrow $run)) (result u32) (canon lift (core func $code "pull")))
  (component $inventory
    (import "run" (type $imported (sub resource)))
    (import "open" (func $open (param "request" string) (result (own $imported))))
    (import "pull" (func $pull (param "self" (borrow $imported)) (result u32)))
    (export $run "run" (type $imported))
    (export "[constructor]run" (func $open) (func (param "request" string) (result (own $run))))
    (export "[method]run.pull" (func $pull) (func (param "self" (borrow $run)) (result u32))))
  (instance $inventory (instantiate $inventory
    (with "run" (type $run)) (with "open" (func $open)) (with "pull" (func $pull))))
  (export "stocktake:collector/inventory@1.0.0" (instance $inventory)))
